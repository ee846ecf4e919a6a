//! What the XML of an OFD says of its seals (GB/T 33190, 7.4 and clause 18): which there are, and what each is about.

use super::package::Package;
use crate::seal::error::{SealError, Unreadable, Unsupported};
use base64::Engine as _;
use roxmltree::{Document, Node, ParsingOptions};

/// The namespace of GB/T 33190-2016.
const OFD: &str = "http://www.ofdspec.org/2016";
/// No description of a certificate is longer, in bytes.
const LONGEST: usize = 4 << 20;
/// How many elements one file may have.
const MOST_NODES: u32 = 100_000;
/// How deep elements may nest.
const DEEPEST: usize = 64;
/// SM3 (GM/T 0006), as `CheckMethod` names it.
const SM3: [&str; 2] = ["1.2.156.10197.1.401", "SM3"];
const SM2_WITH_SM3: &str = "1.2.156.10197.1.501";

/// A seal: where its description stands.
pub(super) struct Listed {
    /// The list, which is not sealed itself: a later seal adds to it.
    pub(super) list: String,
    /// Each description.
    pub(super) descriptions: Vec<String>,
}

/// The description of one seal.
pub(super) struct Description {
    /// Each file that was sealed, and its digest.
    pub(super) references: Vec<(String, Vec<u8>)>,
    /// Where the signature is.
    pub(super) value: String,
    /// Where the seal is a second time.
    pub(super) seal: Option<String>,
}

/// The seals that the package lists.
pub(super) fn list(package: &Package) -> Result<Listed, SealError> {
    let bad = Unreadable::OfdRoot;
    let root_file = package.get("OFD.xml").ok_or(bad)?;
    let root = parse(root_file)?;
    let root = root.root_element();
    if !is(root, "OFD") {
        return Err(bad.into());
    }
    if !root.attribute("Version").is_some_and(|version| version.starts_with("1.")) {
        return Err(Unsupported::OfdVersion.into());
    }
    let mut bodies = root.children().filter(|n| is(*n, "DocBody"));
    let body = bodies.next().ok_or(bad)?;
    if bodies.next().is_some() {
        return Err(Unsupported::OfdDocuments.into());
    }
    let Some(place) = one(body, "Signatures", bad)? else { return Err(SealError::Missing) };
    let list = located("", text(place))?;
    let bad = Unreadable::OfdSignatures;
    let listing = parse(package.get(&list).ok_or(bad)?)?;
    let listing = listing.root_element();
    if !is(listing, "Signatures") {
        return Err(bad.into());
    }
    let mut descriptions = Vec::new();
    for signature in listing.children().filter(|n| is(*n, "Signature")) {
        if signature.attribute("Type").is_some_and(|kind| kind != "Seal") {
            return Err(Unsupported::PlainSignature.into());
        }
        descriptions.push(located(&list, signature.attribute("BaseLoc").ok_or(bad)?)?);
    }
    if descriptions.is_empty() { Err(SealError::Missing) } else { Ok(Listed { list, descriptions }) }
}

/// The description that stands in this file.
pub(super) fn description(name: &str, bytes: &[u8]) -> Result<Description, SealError> {
    let bad = Unreadable::OfdSignature;
    let document = parse(bytes)?;
    let root = document.root_element();
    if !is(root, "Signature") {
        return Err(bad.into());
    }
    let info = one(root, "SignedInfo", bad)?.ok_or(bad)?;
    let value = located(name, text(one(root, "SignedValue", bad)?.ok_or(bad)?))?;
    if one(info, "SignatureMethod", bad)?.is_some_and(|method| text(method) != SM2_WITH_SM3) {
        return Err(Unsupported::Algorithm.into());
    }
    let list = one(info, "References", bad)?.ok_or(bad)?;
    // Where nothing is said it is MD5 (GB/T 33190, table of References): nothing that proves anything.
    if !list.attribute("CheckMethod").is_some_and(|method| SM3.contains(&method)) {
        return Err(Unsupported::Digest.into());
    }
    let mut references = Vec::new();
    for reference in list.children().filter(|n| is(*n, "Reference")) {
        let file = located(name, reference.attribute("FileRef").ok_or(bad)?)?;
        let digest = text(one(reference, "CheckValue", bad)?.ok_or(bad)?);
        let digest = base64::engine::general_purpose::STANDARD.decode(digest).map_err(|_| bad)?;
        if references.iter().any(|(other, _)| *other == file) {
            return Err(bad.into());
        }
        references.push((file, digest));
    }
    let seal = match one(info, "Seal", bad)? {
        None => None,
        Some(seal) => Some(located(name, text(one(seal, "BaseLoc", bad)?.ok_or(bad)?))?),
    };
    Ok(Description { references, value, seal })
}

/// Parses a file without document types: no entity of its own making can grow in it.
fn parse(bytes: &[u8]) -> Result<Document<'_>, SealError> {
    let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::Xml)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > LONGEST || deepest(text) > DEEPEST {
        return Err(Unreadable::XmlBounds.into());
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| {
        match error {
            roxmltree::Error::DtdDetected => Unreadable::XmlEntities,
            roxmltree::Error::NodesLimitReached => Unreadable::XmlBounds,
            _ => Unreadable::Xml,
        }
        .into()
    })
}

/// At least as deep as the elements of a text nest, before anything is built of it.
fn deepest(text: &str) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    for pair in text.as_bytes().windows(2) {
        match pair {
            [b'<', b'/'] | [b'/', b'>'] => depth = depth.saturating_sub(1),
            [b'<', b'!' | b'?'] => {}
            [b'<', _] => depth += 1,
            _ => {}
        }
        most = most.max(depth);
    }
    most
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name && node.tag_name().namespace() == Some(OFD)
}

/// The one child of this name, if there is one; two are a mistake.
fn one<'a, 'd>(parent: Node<'a, 'd>, name: &str, bad: Unreadable) -> Result<Option<Node<'a, 'd>>, SealError> {
    let mut found = parent.children().filter(|n| is(*n, name));
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        _ => Err(bad.into()),
    }
}

fn text<'a>(node: Node<'a, '_>) -> &'a str {
    node.text().unwrap_or_default().trim()
}

/// A place (ST_Loc, GB/T 33190, 7.2) as a name of the package: from its root, or from the folder of the file that says it.
fn located(from: &str, place: &str) -> Result<String, SealError> {
    let (folder, place) = match place.strip_prefix('/') {
        Some(place) => ("", place),
        None => (from.rsplit_once('/').map_or("", |(folder, _)| folder), place),
    };
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in place.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop().ok_or(Unreadable::ZipPath)?;
            }
            "" => return Err(Unreadable::ZipPath.into()),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}
