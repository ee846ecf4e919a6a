//! From an act of administration to blocks on paper.

use super::document::PaperDocument;
use super::document::{Align, PaperBlock, TextSize, Weight};
use super::{CaseHead, Copy, Paper};
use crate::case::SubmissionId;
use crate::locale::Locale;
use crate::messages::MessageId as M;
use crate::personal::Personal;
use crate::terminal::Timestamp;

/// Writes a paper; `code` is the signed text of its QR, where it has one.
pub fn compose(paper: &Paper, code: Option<&str>) -> PaperDocument {
    match paper {
        Paper::ReceivedSlip { head, application } => {
            let doc = opening(paper, head, M::PaperReceivedState);
            let doc = number(doc, head.locale, M::PaperApplicationNumber, application.as_str());
            closing(case_lines(doc, head), head, code)
        }
        Paper::AcceptanceReceipt { head, application, case } => {
            let doc = opening(paper, head, M::PaperAcceptedState);
            let doc = number(doc, head.locale, M::PaperCaseNumber, case.as_str());
            let doc = case_lines(doc, head);
            closing(doc.pair(M::PaperApplicationNumber.text(head.locale), application.as_str()), head, code)
        }
        Paper::SupplementSlip { head, application, what } => {
            let doc = opening(paper, head, M::PaperSupplementState);
            let doc = number(doc, head.locale, M::PaperApplicationNumber, application.as_str());
            let doc = case_lines(doc, head).rule();
            closing(
                doc.paragraph(M::PaperSupplementWhat.fill(head.locale, &[("what", what.text(head.locale))])),
                head,
                code,
            )
        }
        Paper::NotAcceptedSlip { head, application, reason } => {
            let doc = opening(paper, head, M::PaperNotAcceptedState);
            let doc = match application {
                Some(a) => number(doc, head.locale, M::PaperApplicationNumber, a.as_str()),
                None => doc,
            };
            let doc = case_lines(doc, head).rule();
            closing(
                doc.paragraph(
                    M::PaperNotAcceptedReason.fill(head.locale, &[("reason", reason.text(head.locale))]),
                ),
                head,
                code,
            )
        }
        Paper::QueuedSlip { head, submission } => {
            marked(opening(paper, head, M::PaperQueuedState), head, submission, code)
        }
        Paper::SetAsideSlip { head, submission } => {
            marked(opening(paper, head, M::PaperSetAsideState), head, submission, code)
        }
        Paper::UnknownSlip { head, submission } => {
            marked(opening(paper, head, M::PaperUnknownState), head, submission, code)
        }
        Paper::NothingToDoSlip { head, until, message } => {
            let doc = opening(paper, head, M::PaperNothingToDoState);
            let doc = match until {
                Some(day) => doc.pair(M::PaperValidUntil.text(head.locale), date_text(*day)),
                None => doc,
            };
            let doc = case_lines(doc, head).rule();
            closing(doc.paragraph(message.text(head.locale)), head, code)
        }
        Paper::DirectorySlip { locale, site, at, entries, .. } => {
            let mut doc = PaperDocument::new()
                .text(Personal::new(paper.title()), TextSize::Large, Align::Centre, Weight::Bold)
                .centred(site.text(*locale))
                .centred(time_text(*at))
                .rule();
            for entry in entries {
                doc = doc
                    .text(
                        Personal::new(entry.name.text(*locale)),
                        TextSize::Normal,
                        Align::Left,
                        Weight::Bold,
                    )
                    .pair(
                        entry.kind.text(*locale),
                        M::PaperMetres.fill(*locale, &[("metres", &entry.metres.to_string())]),
                    )
                    .paragraph(entry.address.text(*locale))
                    .pair(entry.hours.text(*locale), &*entry.phone)
                    .space(1);
            }
            doc
        }
        Paper::TestPage { site, terminal, at } => PaperDocument::new()
            .title(paper.title())
            .centred(site.text(Locale::ZhCn))
            .pair(M::PaperTerminal.text(Locale::ZhCn), terminal.to_string())
            .pair(M::PaperPrintedAt.text(Locale::ZhCn), time_text(*at))
            .rule()
            .paragraph(M::PaperTestText.text(Locale::ZhCn))
            .paragraph(M::PaperTestText.text(Locale::En))
            .qr(M::PaperTestTitle.text(Locale::En), ""),
    }
}

/// What this paper is, and the state in one sentence, before anything else.
fn opening(paper: &Paper, head: &CaseHead, state: M) -> PaperDocument {
    let mut doc = PaperDocument::new().title(paper.title());
    if head.copy == Copy::Reprint {
        doc = doc.headline(M::PaperReprint.text(head.locale)).centred(M::PaperReprintNote.text(head.locale));
    }
    doc.centred(state.text(head.locale)).rule()
}

/// The number that a resident is asked for later: large where it fits, never broken into pieces.
fn number(doc: PaperDocument, locale: Locale, label: M, number: &str) -> PaperDocument {
    let doc = doc.centred(label.text(locale));
    let size = if number.chars().count() <= 24 { TextSize::Large } else { TextSize::Normal };
    doc.block(PaperBlock::Text {
        text: Personal::new(number),
        size,
        align: Align::Centre,
        weight: Weight::Bold,
    })
    .rule()
}

fn case_lines(doc: PaperDocument, head: &CaseHead) -> PaperDocument {
    let l = head.locale;
    let doc = doc
        .pair(M::PaperItem.text(l), head.item.text(l))
        .pair(M::PaperApplicant.text(l), head.applicant.reveal())
        .pair(M::PaperIdNumber.text(l), head.masked_number.as_str());
    let doc = match &head.agent {
        Some(agent) => doc.pair(M::PaperAgent.text(l), agent.text(l)),
        None => doc,
    };
    let doc = head.particulars.iter().fold(doc, |doc, (label, words)| doc.pair(label, words.reveal()));
    doc.pair(M::PaperFiledAt.text(l), time_text(head.filed_at))
}

/// A case that has no number of the province yet: its mark stands for it.
fn marked(
    doc: PaperDocument,
    head: &CaseHead,
    submission: &SubmissionId,
    code: Option<&str>,
) -> PaperDocument {
    let doc = case_lines(doc, head);
    closing(doc.pair(M::PaperMark.text(head.locale), short(submission.as_str())), head, code)
}

fn closing(doc: PaperDocument, head: &CaseHead, code: Option<&str>) -> PaperDocument {
    let l = head.locale;
    let doc = doc.rule();
    let doc = match &head.next_step {
        Some(next) => doc.paragraph(next.text(l)),
        None => doc,
    };
    let doc = doc.pair(head.responsible.text(l), head.phone.as_str());
    let doc = match code {
        Some(code) => doc.qr(code, M::PaperCodeCaption.text(l)),
        None => doc,
    };
    doc.centred(head.site.text(l)).centred(M::PaperTerminalLine.fill(l, &[("terminal", &head.terminal.0)]))
}

/// The first 16 digits of a submission's id in groups of four: enough to find it, short enough to read out.
pub fn short(id: &str) -> String {
    let groups: Vec<String> =
        id.chars().take(16).collect::<Vec<_>>().chunks(4).map(|c| c.iter().collect()).collect();
    groups.join(" ").to_uppercase()
}

/// `2026-11-24 10:05`.
pub fn time_text(at: Timestamp) -> String {
    format!("{} {:02}:{:02}", date_text(at.date()), at.hour(), at.minute())
}

/// `2026-11-24`.
pub fn date_text(day: time::Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day())
}
