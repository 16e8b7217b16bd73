#!/usr/bin/env python3
"""Reads the dashboard in a real browser, as people do, and prints what is wrong with it, a finding a line.

    dashboard.py http://127.0.0.1:8080 MONTH TERRITORY...

Status 0 only if nothing is. Needs Debian's chromium, chromium-driver and python3-selenium. It ends by itself after
LIMIT seconds, with the browser.
"""
import base64
import json
import re
import shutil
import signal
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

LIMIT = 300  # seconds
CRAWL = 1200  # addresses
LANGUAGES = {"zh": "zh-CN", "en": "en"}
CONTRAST = 4.5
A4 = (595, 842)  # points
KEYBOARD = ("", "revisions", "data", "bulletin")  # one page of each make: every stop of each takes its time

findings = []


def finding(where, what):
    findings.append(f"{where}: {what}")
    print(findings[-1], flush=True)


def browser(javascript=True, profile=None):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
        "--disable-background-networking", "--no-first-run", "--hide-scrollbars", "--window-size=1280,900",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    if not javascript:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    driver.set_page_load_timeout(30)
    return driver


def fetch(address):
    """The status, type and text of an address."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), error.read().decode()


# ---- figures


def published(base):
    """Every published figure, by dataset/territory/period/programme/measure."""
    figures = {}
    for dataset in ("families", "funding", "activities"):
        _, _, text = fetch(f"{base}/v1/datasets/{dataset}/snapshot?format=ndjson")
        for line in text.splitlines()[1:]:
            cell = json.loads(line)
            key = cell["key"]
            for measure, figure in cell["measures"].items():
                name = "/".join((dataset, key["territory"], key["period"], key["programme"], measure))
                figures[name] = figure
    return figures


SHOWN = """
return [...document.querySelectorAll('[data-cell]')].map(cell => [
  cell.dataset.cell, cell.dataset.state, cell.querySelector('data')?.value ?? null, cell.innerText]);
"""


def check_figures(driver, where, figures):
    count = 0
    for name, state, value, text in driver.execute_script(SHOWN):
        due = figures.get(name, {"state": "not_collected"})
        if state != due["state"] or (None if value is None else int(value)) != due.get("value"):
            finding(where, f"{name} is {state} {value}, published is {due}")
        digits = re.sub(r"[^0-9]", "", text)
        if value is not None and digits.lstrip("0") != value.lstrip("-").lstrip("0"):
            finding(where, f"{name} reads {text!r}, its value is {value}")
        if value is None and digits:
            finding(where, f"{name} has no value and reads {text!r}")
        count += value is not None
    return count


# ---- accessibility

STRUCTURE = r"""
const problems = [];
const all = (q, root = document) => [...root.querySelectorAll(q)];
if (all('h1').length !== 1) problems.push('not one h1');
if (!document.title.trim()) problems.push('no title');
if (all('main').length !== 1) problems.push('not one main');
for (const table of all('table')) {
  if (!table.caption || !table.caption.textContent.trim()) problems.push('a table without a caption');
  for (const head of all('th', table)) if (!head.scope) problems.push('a th without scope: ' + head.textContent);
  for (const row of all('tbody tr', table)) if (!row.querySelector('th')) problems.push('a row without a head');
}
for (const svg of all('svg')) {
  const labels = (svg.getAttribute('aria-labelledby') || '').split(' ').map(id => document.getElementById(id));
  if (svg.getAttribute('role') !== 'img' || !labels.length || labels.some(l => !l || !l.textContent.trim()))
    problems.push('a chart without a label');
  if (!svg.closest('figure')?.querySelector('figcaption')) problems.push('a chart without a caption');
  if (!svg.closest('figure')?.querySelector('table')) problems.push('a chart without a table');
}
for (const nav of all('nav, [role=region]'))
  if (!nav.getAttribute('aria-label') && !nav.getAttribute('aria-labelledby')) problems.push('a part without a label');
for (const link of all('a')) if (!link.textContent.trim()) problems.push('a link without text');
for (const node of all('[aria-labelledby]'))
  for (const id of node.getAttribute('aria-labelledby').split(' '))
    if (!document.getElementById(id)) problems.push('no element ' + id);
const ids = all('[id]').map(n => n.id);
if (new Set(ids).size !== ids.length) problems.push('an id that is there twice');
if (all('script, [onclick], [style]').length) problems.push('a script or a style attribute');
if (all('[tabindex]').some(n => n.tabIndex > 0)) problems.push('a tabindex above 0');
const levels = all('h1, h2, h3, h4').map(h => +h.tagName[1]);
levels.forEach((l, i) => { if (i && l > levels[i - 1] + 1) problems.push('a heading level is left out'); });
return problems;
"""

CONTRASTS = r"""
const parse = c => (c.match(/[\d.]+/g) || []).map(Number);
const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
  return .2126 * r + .7152 * g + .0722 * b; };
const behind = node => { for (; node; node = node.parentElement) {
  const c = parse(getComputedStyle(node).backgroundColor); if (c.length === 3 || c[3] > 0) return c.slice(0, 3); }
  return [255, 255, 255]; };
const found = [];
for (const node of document.querySelectorAll('body *')) {
  const text = [...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  if (!text && node.tagName !== 'rect') continue;
  if (!node.getClientRects().length || node.tagName === 'title' || node.tagName === 'desc') continue;
  const style = getComputedStyle(node);
  const colour = parse(node.namespaceURI.endsWith('svg') ? style.fill : style.color);
  const [a, b] = [light(colour.slice(0, 3)), light(behind(node.closest('svg')?.parentElement || node))];
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < arguments[0]) found.push(node.tagName + ' "' + node.textContent.trim().slice(0, 20) + '" ' + ratio.toFixed(2));
}
return [...new Set(found)];
"""


def check_structure(driver, where, language):
    lang = driver.find_element(By.TAG_NAME, "html").get_attribute("lang")
    if lang != LANGUAGES[language]:
        finding(where, f"lang is {lang}")
    for problem in sorted(set(driver.execute_script(STRUCTURE))):
        finding(where, problem)
    for problem in driver.execute_script(CONTRASTS, CONTRAST):
        finding(where, f"contrast of {problem}")


def check_console(driver, where):
    for entry in driver.get_log("browser"):
        finding(where, f"the console says {entry['level']} {entry['message']}")


def check_keyboard(driver, where):
    """The tab key reaches the skip link first, then every link, and what has the focus shows it."""
    driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    first = driver.switch_to.active_element
    if first.get_attribute("class") != "skip" or first.rect["x"] < 0:
        finding(where, "the first stop is not the skip link in sight")
    focusable = driver.execute_script(
        "return document.querySelectorAll('a[href], [tabindex=\"0\"]').length")
    reached, hidden = 0, 0
    driver.execute_script("window.seen = new Set()")
    for _ in range(focusable + 2):
        state = driver.execute_script("""
            const n = document.activeElement; if (n === document.body) return null;
            const isNew = !window.seen.has(n); window.seen.add(n);
            const s = getComputedStyle(n);
            return [isNew, s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2];""")
        if state is None:
            break
        reached += state[0]
        hidden += not state[1]
        driver.switch_to.active_element.send_keys(Keys.TAB)
    if reached < focusable:
        finding(where, f"the tab key reaches {reached} of {focusable} stops")
    if hidden:
        finding(where, f"{hidden} stops do not show that they have the focus")
    driver.get(driver.current_url)
    driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    if driver.switch_to.active_element.get_attribute("id") != "main":
        finding(where, "the skip link does not lead to the content")


OVERFLOW = "const d = document.documentElement; return [d.scrollWidth, d.clientWidth];"


def check_width(driver, where, width, height, kind):
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": kind == "phone"})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print" if kind == "print" else "screen"})
    needed, there = driver.execute_script(OVERFLOW)
    if needed > there:
        finding(where, f"on {kind} it needs {needed} px of {there}")
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def check_print(driver, where):
    """On A4 nothing is cut off, and every page of the PDF is A4."""
    check_width(driver, where, 673, 952, "print")  # A4 less the margins of the style sheet, at 96 px an inch
    answer = driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": False})
    pdf = base64.b64decode(answer["data"])
    sizes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", pdf)
    if not sizes:
        finding(where, "the PDF has no pages")
    for width, height in sizes:
        if (round(float(width)), round(float(height))) not in (A4, (596, 842), (595, 841), (596, 841)):
            finding(where, f"a page of the PDF is {width.decode()} by {height.decode()}")


# ---- all of it


def crawl(base):
    """Every page that links lead to from the root, each of which must be there: of an address with parameters one,
    of the overview all."""
    waiting, seen, places = ["/"], {"/"}, {"/"}
    while waiting and len(seen) < CRAWL:
        path = waiting.pop(0)
        status, kind, text = fetch(base + path)
        if status != 200:
            finding(path, f"a link leads here, and it is {status}")
        if kind != "text/html":
            continue
        for href in re.findall(r'href="([^"#]*)"', text):
            href = href.replace("&amp;", "&")
            if not href.startswith("/") or href.startswith("//"):
                finding(path, f"leads to {href}")
            place = href.split("?")[0]
            if place in ("/zh/", "/en/"):
                place = href
            if place not in places and len(seen) < CRAWL and not href.startswith(("/v1/", "/contract/", "//")):
                places.add(place)
                seen.add(href)
                waiting.append(href)
    return seen


def out_of_time(*_):
    raise TimeoutError(f"not done after {LIMIT} s")


def main():
    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(LIMIT)
    base, month, territories = sys.argv[1].rstrip("/"), sys.argv[2], sys.argv[3:]
    pages = ["", "families", "funding", "activities", "revisions", "data", "status", "methodology", "bulletin"]
    pages += ["series", "key-tasks"]
    pages += [f"bulletin/{month}"]
    pages += ["contract", "contract/funding.donation.receive.v1", "contract/reporting.cell.changed.v2"]
    pages += [f"territory/{code}" for code in territories] + [f"funding?territory={territories[-1]}"]
    reachable = crawl(base)
    for language in LANGUAGES:
        for page in pages:
            path = f"/{language}/{page}"
            if path.split("?")[0] not in {address.split("?")[0] for address in reachable}:
                finding(path, "no link leads here")
    figures = published(base)
    folders = [tempfile.mkdtemp(prefix="dashboard-") for _ in range(2)]
    shown = 0
    try:
        driver = browser(profile=folders[0])
        try:
            for language in LANGUAGES:
                for page in pages:
                    path = f"/{language}/{page}"
                    driver.get(base + path)
                    shown += check_figures(driver, path, figures)
                    check_structure(driver, path, language)
                    check_width(driver, path, 375, 812, "phone")
                    check_print(driver, path)
                    if page in KEYBOARD:
                        check_keyboard(driver, path)
                    check_console(driver, path)
        finally:
            driver.quit()
        driver = browser(javascript=False, profile=folders[1])
        try:
            for language in LANGUAGES:
                driver.get(f"{base}/{language}/")
                driver.find_element(By.CSS_SELECTOR, "header nav li:nth-child(3) a").click()
                if "/funding" not in driver.current_url or not driver.find_elements(By.CSS_SELECTOR, "table data"):
                    finding(driver.current_url, "without JavaScript the menu does not lead to figures")
                driver.find_element(By.CSS_SELECTOR, "a.language").click()
                if f"/{language}/" in driver.current_url:
                    finding(driver.current_url, "without JavaScript the language does not change")
        finally:
            driver.quit()
    finally:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(reachable)} addresses, {len(pages) * 2} pages in the browser, {shown} figures compared, "
          f"{len(findings)} findings")
    return 1 if findings or not shown else 0


if __name__ == "__main__":
    sys.exit(main())
