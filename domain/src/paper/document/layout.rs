//! Blocks → lines at a width.

use super::text_flow::{columns_of, for_paper, words_fit, wrap};
use super::{Align, GreyPicture, PaperBlock, PaperDocument, TextSize, Weight};
use crate::personal::Personal;

/// The width of a paper in half-width character columns of normal size, 12 dots each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Columns(u16);

impl Columns {
    /// 80 mm paper: 576 dots.
    pub const MM80: Self = Self(48);
    /// 58 mm paper: 384 dots.
    pub const MM58: Self = Self(32);

    /// As many as fit into a head of so many dots, at least 12 (the width of `收件凭证` and its border).
    pub fn of_dots(dots: u16) -> Self {
        Self((dots / 12).max(12))
    }

    /// How many half-width characters of a size a line has.
    pub fn at(self, size: TextSize) -> usize {
        usize::from(self.0) / size.scale()
    }
}

impl TextSize {
    /// Times the printer's own character: 1, 2, 3.
    pub const fn scale(self) -> usize {
        match self {
            Self::Normal => 1,
            Self::Large => 2,
            Self::Title => 3,
        }
    }

    /// Height of a character in dots.
    pub const fn dots(self) -> u16 {
        match self {
            Self::Normal => 24,
            Self::Large => 48,
            Self::Title => 72,
        }
    }

    /// From the top of a line to the top of the next, in dots: 1.33 for running text.
    pub const fn pitch(self) -> u16 {
        match self {
            Self::Normal => 32,
            Self::Large => 60,
            Self::Title => 88,
        }
    }

    const fn smaller(self) -> Self {
        match self {
            Self::Title => Self::Large,
            Self::Large | Self::Normal => Self::Normal,
        }
    }
}

/// One thing of the laid out paper, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutItem<'d> {
    /// A line of text.
    Line(PaperLine),
    /// A thin line across, in the middle of a line of normal text.
    Rule,
    /// A QR code in the middle; its caption follows as lines.
    Qr(&'d Personal),
    /// Empty paper of so many dots.
    Space(u16),
    /// A picture in the middle.
    Picture(&'d GreyPicture),
}

/// A line of text of one size and weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperLine {
    /// What stands on it; it fits.
    pub content: LineContent,
    /// How large; it may be smaller than the block asked for.
    pub size: TextSize,
    /// How dark.
    pub weight: Weight,
}

/// What stands on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineContent {
    /// One text; no text at all is an empty line.
    Text {
        /// The characters.
        text: Personal,
        /// Where they stand.
        align: Align,
        /// Half columns left free before them.
        indent: u8,
    },
    /// A label at the left edge and a value at the right one, at least two columns apart.
    Pair {
        /// At the left.
        label: String,
        /// At the right.
        value: Personal,
    },
}

/// Half columns between a label and its value.
const GAP: usize = 2;
/// Half columns before a value that stands below its label.
const INDENT: u8 = 4;

impl PaperDocument {
    /// The paper's lines at a width. Pure: the same document and width give the same lines.
    pub fn layout(&self, columns: Columns) -> Vec<LayoutItem<'_>> {
        let mut items = Vec::new();
        for block in &self.blocks {
            match block {
                PaperBlock::Text { text, size, align, weight } => {
                    text_lines(text.reveal(), *size, *align, *weight, columns, &mut items);
                }
                PaperBlock::Pair { label, value } => pair_lines(label, value.reveal(), columns, &mut items),
                PaperBlock::Rule => items.push(LayoutItem::Rule),
                PaperBlock::Qr { payload, caption } => {
                    items.push(LayoutItem::Qr(payload));
                    if let Some(caption) = caption {
                        text_lines(
                            caption,
                            TextSize::Normal,
                            Align::Centre,
                            Weight::Regular,
                            columns,
                            &mut items,
                        );
                    }
                }
                PaperBlock::Space { lines } => {
                    items.push(LayoutItem::Space(u16::from(*lines) * TextSize::Normal.pitch()));
                }
                PaperBlock::Picture(picture) => items.push(LayoutItem::Picture(picture)),
            }
        }
        items
    }
}

fn text_lines<'d>(
    text: &str,
    size: TextSize,
    align: Align,
    weight: Weight,
    columns: Columns,
    items: &mut Vec<LayoutItem<'d>>,
) {
    let text = for_paper(text);
    let mut size = size;
    while size != TextSize::Normal && !fits(&text, size, columns.at(size)) {
        size = size.smaller();
    }
    let line = |part: &str| {
        let content = LineContent::Text { text: Personal::new(part), align, indent: 0 };
        LayoutItem::Line(PaperLine { content, size, weight })
    };
    let lines = wrap(&text, columns.at(size));
    if lines.is_empty() {
        items.push(line(""));
    }
    items.extend(lines.into_iter().map(line));
}

fn fits(text: &str, size: TextSize, columns: usize) -> bool {
    match size {
        TextSize::Title => text.lines().all(|line| columns_of(line.trim_end()) <= columns),
        TextSize::Large | TextSize::Normal => words_fit(text, columns),
    }
}

fn pair_lines<'d>(label: &str, value: &str, columns: Columns, items: &mut Vec<LayoutItem<'d>>) {
    let (label, value) = (for_paper(label), for_paper(value));
    let width = columns.at(TextSize::Normal);
    let line =
        |content| LayoutItem::Line(PaperLine { content, size: TextSize::Normal, weight: Weight::Regular });
    let one_line = !value.contains('\n') && !label.contains('\n');
    if one_line && columns_of(&label) + GAP + columns_of(&value) <= width {
        items
            .push(line(LineContent::Pair { label: label.to_string(), value: Personal::new(value.as_str()) }));
        return;
    }
    for part in wrap(&label, width) {
        items.push(line(LineContent::Text { text: Personal::new(part), align: Align::Left, indent: 0 }));
    }
    for part in wrap(&value, width - usize::from(INDENT)) {
        items.push(line(LineContent::Text { text: Personal::new(part), align: Align::Left, indent: INDENT }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Size, indent and text of each line; a pair is `label|value`.
    fn check(document: &PaperDocument, columns: Columns, expected: &[&str]) {
        let lines: Vec<String> = document
            .layout(columns)
            .into_iter()
            .map(|item| match item {
                LayoutItem::Line(line) => {
                    let size = ["", "L:", "T:"][line.size.scale() - 1];
                    match line.content {
                        LineContent::Text { text, indent, .. } => {
                            format!("{size}{}{}", ".".repeat(usize::from(indent)), text.reveal())
                        }
                        LineContent::Pair { label, value } => format!("{size}{label}|{}", value.reveal()),
                    }
                }
                LayoutItem::Rule => "-".to_owned(),
                LayoutItem::Qr(payload) => format!("qr {}", payload.reveal()),
                LayoutItem::Space(dots) => format!("space {dots}"),
                LayoutItem::Picture(picture) => format!("picture {}", picture.width()),
            })
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn columns() {
        for (dots, size, columns) in [
            (576, TextSize::Normal, 48),
            (576, TextSize::Large, 24),
            (576, TextSize::Title, 16),
            (384, TextSize::Normal, 32),
            (384, TextSize::Title, 10),
        ] {
            assert_eq!(Columns::of_dots(dots).at(size), columns, "{dots} {size:?}");
        }
        assert_eq!(Columns::of_dots(576), Columns::MM80);
        assert_eq!(Columns::of_dots(384), Columns::MM58);
    }

    #[test]
    fn a_receipt_at_both_widths() {
        let paper = PaperDocument::new()
            .title("收件凭证")
            .headline("已收件")
            .rule()
            .pair("申请人", "王测试䶮")
            .pair("事项", "城乡居民养老保险待遇资格认证")
            .space(1)
            .qr("WH1", "扫码查进度");
        check(
            &paper,
            Columns::MM80,
            &[
                "T:收件凭证",
                "L:已收件",
                "-",
                "申请人|王测试䶮",
                "事项|城乡居民养老保险待遇资格认证",
                "space 32",
                "qr WH1",
                "扫码查进度",
            ],
        );
        check(
            &paper,
            Columns::MM58,
            &[
                "T:收件凭证",
                "L:已收件",
                "-",
                "申请人|王测试䶮",
                "事项",
                "....城乡居民养老保险待遇资格认证",
                "space 32",
                "qr WH1",
                "扫码查进度",
            ],
        );
    }

    #[test]
    fn what_does_not_fit_falls_to_a_smaller_size() {
        // 18 letters are 54 columns of a title and 36 of a large text.
        check(&PaperDocument::new().title("Acceptance receipt"), Columns::MM80, &["L:Acceptance receipt"]);
        // A number is never cut in two while a smaller size holds it whole.
        check(
            &PaperDocument::new().headline("3402002026010100000012345"),
            Columns::MM80,
            &["3402002026010100000012345"],
        );
        check(
            &PaperDocument::new().headline("办理中 请留意短信通知"),
            Columns::MM58,
            &["L:办理中 请留意短", "L:信通知"],
        );
    }

    #[test]
    fn a_long_value_stands_below_its_label() {
        check(
            &PaperDocument::new()
                .pair("联系地址", "示例省样本市测试区样例街道第一社区示例路一百二十三号四单元"),
            Columns::MM80,
            &["联系地址", "....示例省样本市测试区样例街道第一社区示例路一百", "....二十三号四单元"],
        );
        check(&PaperDocument::new().pair("费用", "¥0"), Columns::MM80, &["费用|￥0"]);
        check(&PaperDocument::new().pair("说明", "一\n二"), Columns::MM80, &["说明", "....一", "....二"]);
    }
}
