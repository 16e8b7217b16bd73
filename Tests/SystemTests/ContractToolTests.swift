import Foundation
import Support
import Testing

extension SystemTests {
    /// Tools of other makers, on the committed contract.
    @Suite("The contract, read by tools of other makers")
    struct ContractToolTests {
        static let contract = PythonTools.root.appending(path: "deploy/contract")
        static let script = PythonTools.root.appending(path: "deploy/examples/validate.py")

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

        @Test func `A foreign model of AsyncAPI 3 reads the document, whose references lead on`()
            throws
        {
            let program = """
                import json, pathlib, sys
                from asyncapi3.models.asyncapi import AsyncAPI3
                root = pathlib.Path(sys.argv[1])
                text = (root / "asyncapi.json").read_text(encoding="utf-8")
                AsyncAPI3.model_validate_json(text)
                document = json.loads(text)
                for right, wrong in (("receive", "take"), ("routingKey", "key")):
                    try:
                        AsyncAPI3.model_validate_json(text.replace(f'"{right}"', f'"{wrong}"'))
                    except ValueError:
                        continue
                    sys.exit(f"the model takes {wrong} for {right}")
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
