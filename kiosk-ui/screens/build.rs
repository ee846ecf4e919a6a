//! Makes `words.slint` from the table of messages, then compiles the screens.

use domain::locale::Locale;
use domain::messages;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

fn main() {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    write(&out.join("words.slint"), &words_slint()).expect("the output folder is writable");
    write(&out.join("words.rs"), &words_rs()).expect("the output folder is writable");

    let dock = std::env::var_os("CARGO_FEATURE_DOCK").is_some();
    let main = if dock { "../ui/app-with-dock.slint" } else { "../ui/app.slint" };
    let libraries = HashMap::from([("words".to_owned(), out)]);
    let config = slint_build::CompilerConfiguration::new()
        .with_library_paths(libraries)
        .embed_resources(slint_build::EmbedResourcesKind::EmbedFiles)
        // Names of elements, for the list of elements beside each picture.
        .with_debug_info(dock);
    if let Err(error) = slint_build::compile_with_config(main, config) {
        panic!("{}: {error}", Path::new(main).display());
    }
}

/// Writes a file that looks old: the compiler of the screens has cargo watch what it reads, and one that is younger than this run
/// would have all of it made again each time.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(path, text)?;
    std::fs::File::options().write(true).open(path)?.set_modified(SystemTime::UNIX_EPOCH)
}

/// The messages without arguments; those with arguments are filled in and handed to the pages.
fn fixed() -> impl Iterator<Item = messages::MessageId> {
    messages::ALL.into_iter().filter(|m| !m.has_arguments())
}

/// `idle.touch_to_start` → `idle-touch-to-start`.
fn property(message: messages::MessageId) -> String {
    message.id().replace(['.', '_'], "-")
}

fn words_slint() -> String {
    let mut out = String::from("export global Words {\n");
    for message in fixed() {
        let _ = writeln!(
            out,
            "    in property <string> {}: {:?};",
            property(message),
            message.text(Locale::ZhCn)
        );
    }
    out.push_str("}\n");
    out
}

/// One setter call for each word, so that a change of language sets them all.
fn words_rs() -> String {
    let mut out = String::from(
        "/// Sets every fixed word of the pages in one language.\n\
         pub fn set_all(words: &crate::Words<'_>, locale: domain::locale::Locale) {\n    \
         use domain::messages::MessageId;\n",
    );
    for message in fixed() {
        let setter = property(message).replace('-', "_");
        let _ = writeln!(out, "    words.set_{setter}(MessageId::{message:?}.text(locale).into());");
    }
    out.push_str("}\n");
    out
}
