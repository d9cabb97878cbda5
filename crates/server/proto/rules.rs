//! The rules of the wire, held over the descriptor set: everything is documented and named as buf's STANDARD category
//! wants it.

use prost_reflect::{
    DescriptorPool, EnumDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor,
    MethodDescriptor, ServiceDescriptor,
};

use super::DESCRIPTORS;
use crate::json::schema::comment;

/// The package of every file.
pub(super) const PACKAGE: &str = "relapse.v1";

/// What breaks a rule, collected over a whole set of files.
#[derive(Default)]
struct Audit {
    complaints: Vec<String>,
}

impl Audit {
    fn of(pool: &DescriptorPool) -> Vec<String> {
        let mut audit = Self::default();
        for file in pool.files().filter(|file| file.package_name() == PACKAGE) {
            audit.file(&file);
        }
        audit.complaints
    }

    fn require(&mut self, holds: bool, name: &str, rule: &str) {
        if !holds {
            self.complaints.push(format!("{name}: {rule}"));
        }
    }

    fn documented(&mut self, file: &FileDescriptor, name: &str, path: &[i32]) {
        self.require(!comment(file, path).trim().is_empty(), name, "has no comment");
    }

    fn file(&mut self, file: &FileDescriptor) {
        let lower = file.name().strip_suffix(".proto").unwrap_or_default();
        let (folder, stem) = lower.rsplit_once('/').unwrap_or_default();
        self.require(folder == "relapse/v1", file.name(), "is not in the folder of its package");
        self.require(is_lower_snake(stem), file.name(), "is not lower_snake_case");
        file.messages().for_each(|message| self.message(file, &message));
        file.enums().for_each(|kind| self.enumeration(file, &kind));
        file.services().for_each(|service| self.service(file, &service));
    }

    fn message(&mut self, file: &FileDescriptor, message: &MessageDescriptor) {
        if message.is_map_entry() {
            return;
        }
        self.documented(file, message.full_name(), message.path());
        self.require(is_pascal(message.name()), message.full_name(), "is not PascalCase");
        message.fields().for_each(|field| self.field(file, &field));
        for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            self.documented(file, oneof.full_name(), oneof.path());
            self.require(
                is_lower_snake(oneof.name()),
                oneof.full_name(),
                "is not lower_snake_case",
            );
        }
        message.child_messages().for_each(|child| self.message(file, &child));
        message.child_enums().for_each(|child| self.enumeration(file, &child));
    }

    fn field(&mut self, file: &FileDescriptor, field: &FieldDescriptor) {
        let name = field.full_name();
        self.documented(file, name, field.path());
        self.require(is_lower_snake(field.name()), name, "is not lower_snake_case");
        let wide = matches!(
            field.kind(),
            Kind::Int64
                | Kind::Uint64
                | Kind::Sint64
                | Kind::Fixed64
                | Kind::Sfixed64
                | Kind::Float
        );
        self.require(!wide, name, "is 64 bits wide, a text in JSON, or a float");
    }

    fn enumeration(&mut self, file: &FileDescriptor, kind: &EnumDescriptor) {
        self.documented(file, kind.full_name(), kind.path());
        self.require(is_pascal(kind.name()), kind.full_name(), "is not PascalCase");
        let prefix = prefix(kind);
        for value in kind.values() {
            let name = value.full_name();
            self.documented(file, name, value.path());
            self.require(value.name().starts_with(&prefix), name, "lacks the prefix of its enum");
            self.require(is_upper_snake(value.name()), name, "is not UPPER_SNAKE_CASE");
            let is_zero_name = value.name() == format!("{prefix}UNSPECIFIED");
            self.require((value.number() == 0) == is_zero_name, name, "zero is UNSPECIFIED");
        }
    }

    fn service(&mut self, file: &FileDescriptor, service: &ServiceDescriptor) {
        let name = service.full_name();
        self.documented(file, name, service.path());
        let stem = service.name().strip_suffix("Service");
        self.require(stem.is_some_and(is_pascal), name, "is not a PascalCase ...Service");
        service.methods().for_each(|rpc| self.rpc(file, &rpc));
    }

    fn rpc(&mut self, file: &FileDescriptor, rpc: &MethodDescriptor) {
        let name = rpc.full_name();
        self.documented(file, name, rpc.path());
        self.require(is_pascal(rpc.name()), name, "is not PascalCase");
        let (input, output) = (rpc.input(), rpc.output());
        self.require(
            input.name() == format!("{}Request", rpc.name()),
            name,
            "has another's request",
        );
        self.require(
            output.name() == format!("{}Response", rpc.name()),
            name,
            "has another's response",
        );
    }
}

fn is_lower_snake(name: &str) -> bool {
    is_snake(name, |c| c.is_ascii_lowercase())
}

fn is_upper_snake(name: &str) -> bool {
    is_snake(name, |c| c.is_ascii_uppercase())
}

/// Words of letters and digits between single underscores, the first beginning with a letter.
fn is_snake(name: &str, is_letter: impl Fn(char) -> bool) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.chars().all(|c| is_letter(c) || c.is_ascii_digit());
    name.starts_with(&is_letter) && name.split('_').all(is_word)
}

fn is_pascal(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && name.chars().any(|c| c.is_ascii_lowercase())
}

/// `FIX_STATUS_` of `FixStatus`.
pub(super) fn prefix(kind: &EnumDescriptor) -> String {
    let mut prefix = String::new();
    for c in kind.name().chars() {
        if c.is_ascii_uppercase() && !prefix.is_empty() {
            prefix.push('_');
        }
        prefix.push(c.to_ascii_uppercase());
    }
    prefix + "_"
}

/// The descriptors the build wrote.
pub(super) fn wire() -> DescriptorPool {
    DescriptorPool::decode(DESCRIPTORS).expect("the build wrote a complete descriptor set")
}

#[test]
fn the_wire_keeps_every_rule() {
    assert_eq!(Audit::of(&wire()), Vec::<String>::new());
}

#[test]
fn the_audit_finds_each_kind_of_mistake() {
    let source = r#"syntax = "proto3"; package relapse.v1;
        message lower { uint64 Wide = 1; oneof Choice { string a = 2; } }
        enum Color { RED = 0; COLOR_green = 1; }
        service Pager { rpc ring(lower) returns (lower); }"#;
    let file = protox::file::File::from_source("Wrong.proto", source).expect("it parses");
    let mut pool = DescriptorPool::new();
    pool.add_file_descriptor_proto(file.into()).expect("it is complete");
    let found = Audit::of(&pool).join("\n");
    for expected in [
        "Wrong.proto: is not in the folder of its package",
        "relapse.v1.lower: has no comment",
        "relapse.v1.lower: is not PascalCase",
        "relapse.v1.lower.Wide: has no comment",
        "relapse.v1.lower.Wide: is not lower_snake_case",
        "relapse.v1.lower.Wide: is 64 bits wide, a text in JSON, or a float",
        "relapse.v1.lower.Choice: has no comment",
        "relapse.v1.lower.Choice: is not lower_snake_case",
        "relapse.v1.Color: has no comment",
        "relapse.v1.RED: has no comment",
        "relapse.v1.RED: lacks the prefix of its enum",
        "relapse.v1.RED: zero is UNSPECIFIED",
        "relapse.v1.COLOR_green: is not UPPER_SNAKE_CASE",
        "relapse.v1.Pager: has no comment",
        "relapse.v1.Pager: is not a PascalCase ...Service",
        "relapse.v1.Pager.ring: has no comment",
        "relapse.v1.Pager.ring: is not PascalCase",
        "relapse.v1.Pager.ring: has another's request",
        "relapse.v1.Pager.ring: has another's response",
    ] {
        assert!(found.contains(expected), "`{expected}` is not among\n{found}");
    }
}
