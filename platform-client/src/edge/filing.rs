//! A submission as the contract files it: one request, and its pictures beside it.

use crate::contract::case::{
    AnswerOrigin, AnswerValue, Applicant, CaseRequest, FieldAnswer, MaterialReference, YesNoWord,
};
use crate::contract::material::MaterialId;
use crate::digest::sha256_hex;
use domain::case::{Submission, SubmissionId};
use domain::form::answer::{Answer, AnswerSource, FormAnswers, YesNo};
use domain::material::Picture;

/// A material on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Material {
    /// Its id, the same in every attempt.
    pub id: MaterialId,
    /// Its digest, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Its bytes.
    pub picture: Picture,
}

/// The request of a submission, with the pictures that it names.
pub fn case_request(submission: &Submission) -> (CaseRequest, Vec<Material>) {
    let Submission {
        id,
        item,
        item_version,
        filed_at,
        terminal,
        locale,
        applicant,
        agent,
        consent,
        answers,
        ..
    } = submission;
    let (answers, materials) = field_answers(id, answers);
    let request = CaseRequest {
        submission_id: id.clone(),
        item_id: item.clone(),
        item_version: item_version.clone(),
        filed_at: *filed_at,
        terminal_id: terminal.clone(),
        locale: *locale,
        applicant: Applicant {
            name: applicant.name.clone(),
            number: applicant.number.clone(),
            way: applicant.way,
            assurance: applicant.assurance,
            face: applicant.face,
        },
        agent: agent.clone(),
        consent: consent.into(),
        answers,
        provided: Vec::new(),
        materials: materials
            .iter()
            .map(|m| MaterialReference {
                id: m.id.clone(),
                sha256: m.sha256.clone(),
                media_type: m.picture.media_type().to_owned(),
            })
            .collect(),
    };
    (request, materials)
}

/// The answers of a form; each picture becomes a material, numbered in the order of the fields.
pub(crate) fn field_answers(id: &SubmissionId, answers: &FormAnswers) -> (Vec<FieldAnswer>, Vec<Material>) {
    let mut materials = Vec::new();
    let mut keep = |picture: &Picture| {
        let material = Material {
            id: MaterialId(format!("{id}-{}", materials.len() + 1)),
            sha256: sha256_hex(picture.bytes()),
            picture: picture.clone(),
        };
        let id = material.id.clone();
        materials.push(material);
        id
    };
    let answers = answers
        .iter()
        .map(|(field, answered)| FieldAnswer {
            field: field.clone(),
            value: match &answered.answer {
                Answer::Choice(value) => AnswerValue::Choice(value.clone()),
                Answer::YesNo(YesNo::Yes) => AnswerValue::YesNo(YesNoWord::Yes),
                Answer::YesNo(YesNo::No) => AnswerValue::YesNo(YesNoWord::No),
                Answer::Text(text) => AnswerValue::Text(text.clone()),
                Answer::Number(number) => AnswerValue::Number(*number),
                Answer::Date(day) => AnswerValue::Date(*day),
                Answer::Amount(fen) => AnswerValue::Amount(*fen),
                Answer::Division(code) => AnswerValue::Division(code.clone()),
                Answer::Person { name, number } => {
                    AnswerValue::Person { name: name.clone(), number: number.clone() }
                }
                Answer::Photo(picture) => AnswerValue::Photo(keep(picture)),
                Answer::Signature(picture) => AnswerValue::Signature(keep(picture)),
            },
            source: match answered.source {
                AnswerSource::Resident => AnswerOrigin::Resident,
                AnswerSource::Card => AnswerOrigin::Card,
                AnswerSource::Shared(_) => AnswerOrigin::Shared,
            },
            holder: match &answered.source {
                AnswerSource::Shared(holder) => Some(holder.clone()),
                AnswerSource::Resident | AnswerSource::Card => None,
            },
        })
        .collect();
    (answers, materials)
}
