//! A certificate of the library: a picture with its watermark, and the issuer's sealed file without one.

use domain::terminal::Timestamp;

use super::page::{self, Line, Page};
use super::seal::{Flaw, Sealing};
use crate::contract::bytes::FileBytes;
use crate::contract::envelope::code;
use crate::contract::item::SealedFile;
use crate::sim::answer::{Answer, refusal};

/// What stands on the page.
pub(crate) struct LicencePage<'a> {
    pub(crate) title: &'a str,
    pub(crate) number: &'a str,
    /// What is called how.
    pub(crate) rows: &'a [(String, String)],
    pub(crate) watermark: &'a str,
}

/// The page as PNG, and the file.
pub(crate) fn licence_page(
    font: &[u8],
    sealing: &Sealing<'_>,
    licence: &LicencePage<'_>,
    now: Timestamp,
) -> Answer<(FileBytes, SealedFile)> {
    let LicencePage { title, number, rows, watermark } = *licence;
    let page = Page {
        title,
        number: number.to_owned(),
        rows: rows.iter().map(|(label, value)| Line { label, value }).collect(),
        closing: Vec::new(),
        notice: "样本城市的演示证照，不作证明使用".to_owned(),
    };
    let draw = |watermark: Option<&str>| {
        page::draw(font, &page, watermark).map_err(|_| refusal(code::INTERNAL, "the typeface cannot be read"))
    };
    let failed = |_| refusal(code::INTERNAL, "the certificate cannot be sealed");
    let file = sealing.sealed(&draw(None)?, "licence", number, now).map_err(failed)?;
    let mut shown = draw(Some(watermark))?;
    if sealing.flaw != Some(Flaw::Missing) {
        page::stamp(&mut shown);
    }
    let picture = page::png(&shown).map_err(|_| refusal(code::INTERNAL, "the page cannot be drawn"))?;
    Ok((FileBytes(picture), file))
}
