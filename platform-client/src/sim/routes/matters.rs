//! A person's own cases: begun, filed, supplemented, taken back, decided.

use domain::case::{ApplicationNumber, SubmissionId};
use domain::locale::Localized;
use domain::service_item::ItemId;
use time::Duration;

use super::keyed;
use crate::contract::case::{CaseState, CaseStatus, MaterialReference};
use crate::contract::envelope::code;
use crate::contract::progress::{
    CaseDraft, CaseResult, Decision, DraftReceipt, MyCase, MyCases, Supplement, Withdrawal,
};
use crate::sim::answer::{Answer, Call, Refusal, refusal};
use crate::sim::platform::Platform;
use crate::sim::store::{KeptState, Matter, NewRow};

/// How long a draft is kept.
const KEPT: Duration = Duration::days(7);
const DRAFT: &str = "draft";

/// The number of the session's person.
fn person(platform: &Platform, call: &Call) -> Answer<String> {
    let session = platform.desk.session(call.token.as_deref(), platform.now())?;
    Ok(session.person.number.reveal().to_owned())
}

fn not_theirs() -> Refusal {
    refusal(code::NOT_FOUND, "this person has no such case")
}

pub(super) fn mine(platform: &Platform, call: &Call) -> Answer<MyCases> {
    let person = person(platform, call)?;
    let now = platform.now();
    let mut cases = Vec::new();
    for row in platform.store.kept_of(DRAFT, &person)?.into_iter().filter(|row| row.at + KEPT > now) {
        cases.push(MyCase {
            item_id: ItemId(row.subject),
            state: CaseState::Draft,
            since: row.since,
            application_number: None,
            draft_id: SubmissionId::try_from(row.id).ok(),
        });
    }
    for row in platform.store.cases_of(&person)? {
        let status = row.status();
        cases.push(MyCase {
            item_id: status.item_id,
            state: status.state,
            since: status.since,
            application_number: Some(status.application_number),
            draft_id: None,
        });
    }
    cases.sort_by_key(|case| std::cmp::Reverse(case.since));
    Ok(MyCases { cases })
}

pub(super) fn save_draft(platform: &Platform, call: &Call, draft: CaseDraft) -> Answer<DraftReceipt> {
    keyed(call, &draft.draft_id)?;
    let person = person(platform, call)?;
    if platform.offer().item(&draft.item_id).is_none() {
        return Err(refusal(code::NOT_ADMITTED, "this item is not admitted at this site"));
    }
    if platform.store.case_by_key(&draft.draft_id)?.is_some() {
        return Err(refusal(code::KEY_REUSED, "a case was filed under this key"));
    }
    let now = platform.now();
    let kept = platform.store.replace(&NewRow {
        kind: DRAFT,
        id: draft.draft_id.as_str(),
        owner: &person,
        subject: &draft.item_id.0,
        state: DRAFT,
        series: None,
        request: &draft,
        now,
    })?;
    match kept {
        true => Ok(DraftReceipt { draft_id: draft.draft_id, expires_at: now + KEPT }),
        false => Err(refusal(code::KEY_REUSED, "another's draft lies under this key")),
    }
}

pub(super) fn draft(platform: &Platform, call: &Call) -> Answer<CaseDraft> {
    let person = person(platform, call)?;
    let row = platform.store.kept(DRAFT, call.segment("draftId"))?;
    let row = row.filter(|row| row.owner == person && row.at + KEPT > platform.now());
    Ok(row.ok_or_else(not_theirs)?.request()?)
}

pub(super) fn supplement(platform: &Platform, call: &Call, supplement: Supplement) -> Answer<CaseStatus> {
    keyed(call, &supplement.supplement_id)?;
    let person = person(platform, call)?;
    handed_in(platform, &supplement.materials)?;
    done(platform.store.supplement(&NewRow {
        kind: "supplement",
        id: supplement.supplement_id.as_str(),
        owner: &person,
        subject: call.segment("applicationNumber"),
        state: "handed_in",
        series: None,
        request: &supplement,
        now: platform.now(),
    })?)
}

pub(super) fn withdraw(platform: &Platform, call: &Call, withdrawal: Withdrawal) -> Answer<CaseStatus> {
    keyed(call, &withdrawal.withdrawal_id)?;
    let person = person(platform, call)?;
    done(platform.store.withdraw(&NewRow {
        kind: "withdrawal",
        id: withdrawal.withdrawal_id.as_str(),
        owner: &person,
        subject: call.segment("applicationNumber"),
        state: "withdrawn",
        series: None,
        request: &withdrawal,
        now: platform.now(),
    })?)
}

fn done(matter: Matter) -> Answer<CaseStatus> {
    match matter {
        Matter::Done(row) => Ok(row.status()),
        Matter::Reused => Err(refusal(code::KEY_REUSED, "something else lies under this key")),
        Matter::NotTheirs => Err(not_theirs()),
        Matter::StateRefused => Err(refusal(code::STATE_REFUSED, "the case is not in a state for this")),
    }
}

/// Every material that is named lies here.
pub(super) fn handed_in(platform: &Platform, materials: &[MaterialReference]) -> Answer<()> {
    for material in materials {
        let kept = platform.store.material(&material.id)?;
        if !kept.is_some_and(|k| k.sha256 == material.sha256 && k.media_type == material.media_type) {
            return Err(refusal(
                code::MATERIAL_MISSING,
                "a material was not handed in, or it is another one",
            ));
        }
    }
    Ok(())
}

pub(super) fn result(platform: &Platform, call: &Call) -> Answer<CaseResult> {
    let person = person(platform, call)?;
    let number = ApplicationNumber::try_from(call.segment("applicationNumber").to_owned());
    let number = number.map_err(|_| not_theirs())?;
    let theirs = platform.store.cases_of(&person)?.into_iter().find(|row| row.application_number == number);
    let row = theirs.ok_or_else(not_theirs)?;
    match (row.state, row.case_number) {
        (KeptState::Concluded, Some(case_number)) => Ok(CaseResult {
            application_number: number,
            case_number,
            decision: Decision::Granted,
            text: Localized::new("您的申请已经办结，结果为同意。", "Your application is concluded: granted."),
            decided: row.since.date(),
            files: Vec::new(),
        }),
        _ => Err(refusal(code::STATE_REFUSED, "the case is not concluded")),
    }
}
