"""Makes the messages of `relapse.v1` from proto/, as part of `pip install`; nothing generated is kept in the sources."""
import pathlib
import tempfile
from typing import Any

import grpc_tools
from grpc_tools import protoc
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = pathlib.Path(__file__).parent


class GenerateMessages(BuildHookInterface):  # type: ignore[type-arg]
    """Runs the protobuf compiler, and puts what it writes into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # In a checkout the proto files are at its top, in a source archive beside this file.
        root = next(path for path in [HERE / "proto", HERE.parent.parent / "proto"] if path.is_dir())
        self.folder = tempfile.TemporaryDirectory()
        well_known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
        files = sorted(str(file) for file in root.glob("relapse/v1/*.proto"))
        options = [f"-I{root}", f"-I{well_known}", f"--python_out={self.folder.name}", f"--pyi_out={self.folder.name}"]
        if protoc.main(["protoc", *options, *files]) != 0:
            raise SystemExit("the protobuf compiler refused the files of proto/relapse/v1")
        for made in sorted(pathlib.Path(self.folder.name).glob("relapse/v1/*.py*")):
            build_data["force_include"][str(made)] = f"relapse/v1/{made.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        self.folder.cleanup()
