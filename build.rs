//! Compiles `proto/` without a `protoc` on the machine: messages, clients and servers for the library, and the
//! descriptor set, comments included, for server reflection and for the JSON form. Bundles the sample incidents for
//! `relapse demo`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost::Message;

/// The folder the import paths of the proto files start at.
const ROOT: &str = "proto";
/// The folder of the one package.
const PACKAGE: &str = "proto/relapse/v1";

/// The sample incidents; their paths begin with the last part.
const SAMPLES: &str = "examples/incidents";

/// Large messages that share a oneof with small ones.
const BOXED: [&str; 4] = [
    ".relapse.v1.IngestIncidentsRequest.record.incident",
    ".relapse.v1.UpsertIncidentRequest.record.incident",
    ".relapse.v1.FindSimilarRequest.query.incident",
    ".relapse.v1.FindSimilarStreamResponse.outcome.response",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={ROOT}");
    let descriptors = protox::compile(proto_files()?, [ROOT])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("relapse_descriptor.bin"), descriptors.encode_to_vec())?;
    let mut messages = prost_build::Config::new();
    messages.enable_type_names().btree_map(["."]);
    for field in BOXED {
        messages.boxed(field);
    }
    tonic_prost_build::configure().compile_fds_with_config(descriptors, messages)?;
    println!("cargo::rerun-if-changed={SAMPLES}");
    fs::write(out.join("samples.rs"), samples()?)?;
    Ok(())
}

/// The source of a list of `(path below the folder, bytes)`, in the order of the paths.
fn samples() -> Result<String, Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join(SAMPLES);
    let mut files = Vec::new();
    files_below(&root, &mut files)?;
    files.sort();
    let mut source = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&root)?.to_string_lossy().into_owned();
        source += &format!(
            "    ({name:?}, include_bytes!({:?}) as &[u8]),\n",
            file.display().to_string()
        );
    }
    Ok(source + "]\n")
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files_below(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// The proto files in the order of their names, so that the descriptor set does not depend on the disk.
fn proto_files() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(Path::new(PACKAGE))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
