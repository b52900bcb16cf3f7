//! Golden bytes: what we write is what they hold, what they hold is what we read. fastavro is held against the same files.

use contracts::avro::{decode, encode, event_name};

use crate::{avro_folder, examples, files, read_hex};

#[test]
fn every_example_has_its_golden_bytes_and_every_file_its_example() {
    let folder = avro_folder().join("examples");
    let examples = examples::all();
    for (name, event) in &examples {
        let golden = read_hex(&folder.join(format!("{name}.hex")));
        assert_eq!(encode(event), golden, "{name} as bytes");
        assert_eq!(decode(&golden).unwrap(), *event, "{name} as a value");
        assert_eq!(event_name(&golden), name.split('.').next());
    }
    for extension in ["hex", "json"] {
        assert_eq!(files(&folder, extension).len(), examples.len(), "a .{extension} file without an example");
    }
}

#[test]
fn every_schema_has_an_example() {
    let examples = examples::all();
    for path in files(&avro_folder(), "avsc") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let shown = examples.iter().any(|(example, _)| example.split('.').next() == Some(name));
        assert!(shown, "{name}");
    }
}

#[test]
fn what_a_release_wrote_is_still_read() {
    for release in crate::compatibility::releases() {
        for path in files(&release.join("examples"), "hex") {
            let event =
                decode(&read_hex(&path)).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
            let name = path.file_name().unwrap().to_str().unwrap();
            assert_eq!(event_name(&encode(&event)), name.split('.').next(), "{}", path.display());
        }
    }
}
