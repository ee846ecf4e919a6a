//! A submission as the contract files it: one request, and its pictures beside it.

use crate::contract::case::{
    AnswerOrigin, AnswerValue, Applicant, CaseRequest, FieldAnswer, MaterialReference, ProvidedLicence,
    ProvidedMaterial, YesNoWord,
};
use crate::contract::licence::AuthorisationId;
use crate::contract::material::MaterialId;
use crate::digest::sha256_hex;
use domain::case::{Submission, SubmissionId};
use domain::form::answer::{Answer, AnswerSource, FormAnswers, YesNo};
use domain::material::{Picture, Provided};

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
        provided,
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
        provided: provided.iter().map(|paper| provided_material(paper, &answers)).collect(),
        answers,
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

/// Where a paper comes from; one that was handed in is named by its material.
fn provided_material(paper: &Provided, answers: &[FieldAnswer]) -> ProvidedMaterial {
    let answer = answers.iter().find(|answer| paper.field.as_ref() == Some(&answer.field));
    let material = answer.and_then(|answer| match &answer.value {
        AnswerValue::Photo(id) | AnswerValue::Signature(id) => Some(id.clone()),
        _ => None,
    });
    ProvidedMaterial {
        requirement: paper.requirement.clone(),
        source: paper.source,
        material,
        authorisation: paper.licence.as_ref().map(|shown| AuthorisationId(shown.authorisation.clone())),
        licence: paper
            .licence
            .as_ref()
            .map(|shown| ProvidedLicence { licence_id: shown.number.clone(), sha256: shown.sha256.clone() }),
    }
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
        .filter_map(|(field, answered)| {
            let value = match &answered.answer {
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
                // It stands among the papers that are provided; the department has the certificate itself.
                Answer::Licence(_) => return None,
            };
            let (source, holder) = match &answered.source {
                AnswerSource::Resident => (AnswerOrigin::Resident, None),
                AnswerSource::Card => (AnswerOrigin::Card, None),
                AnswerSource::Shared(holder) => (AnswerOrigin::Shared, Some(holder.clone())),
            };
            Some(FieldAnswer { field: field.clone(), value, source, holder })
        })
        .collect();
    (answers, materials)
}
