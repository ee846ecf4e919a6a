//! A certificate of the library as a picture with its watermark.

use super::page::{self, Line, Page};
use crate::contract::envelope::code;
use crate::sim::answer::{Answer, refusal};

/// The page as PNG.
pub(crate) fn licence_page(
    font: &[u8],
    title: &str,
    number: &str,
    rows: &[(String, String)],
    watermark: &str,
) -> Answer<Vec<u8>> {
    let page = Page {
        title,
        number: number.to_owned(),
        rows: rows.iter().map(|(label, value)| Line { label, value }).collect(),
        closing: Vec::new(),
        notice: "样本城市的演示证照，不作证明使用".to_owned(),
    };
    let failed = |_| refusal(code::INTERNAL, "the page cannot be drawn");
    let drawn = page::draw(font, &page, Some(watermark))
        .map_err(|_| refusal(code::INTERNAL, "the typeface cannot be read"))?;
    page::png(&drawn).map_err(failed)
}
