//! The names of calls in the addresses of docs/dialects.md: `/gateway/rest/CALL`, `/openapi/CALL`.
//!
//! Duty: say which name a call of the contract has, typed from docs/openapi.json and not from the client. Never: let a
//! call in under the name of another.

/// Method, path of the contract, and the name of the call.
const NAMES: [(&str, &str, &str); 53] = [
    ("POST", "/v1/terminals/activate", "activate"),
    ("POST", "/v1/terminals/heartbeat", "heartbeat"),
    ("POST", "/v1/terminals/events", "events"),
    ("POST", "/v1/terminals/supplies", "supplies"),
    ("POST", "/v1/terminals/faults", "faults"),
    ("GET", "/v1/terminals/configuration", "configuration"),
    ("GET", "/v1/catalogue", "catalogue"),
    ("GET", "/v1/catalogue/delta", "catalogue-delta"),
    ("GET", "/v1/divisions", "divisions"),
    ("GET", "/v1/items", "items"),
    ("GET", "/v1/items/{}", "item-guide"),
    ("GET", "/v1/items/{}/form", "item-form"),
    ("POST", "/v1/sessions", "session"),
    ("POST", "/v1/sessions/sms", "sms"),
    ("POST", "/v1/sessions/{}/face", "face"),
    ("POST", "/v1/sessions/{}/face-verdict", "face-verdict"),
    ("POST", "/v1/staff/sign-ins", "staff-sign-in"),
    ("POST", "/v1/items/{}/inquiry", "inquiry"),
    ("POST", "/v1/items/{}/prefill", "prefill"),
    ("POST", "/v1/suggestions", "suggestions"),
    ("POST", "/v1/items/{}/certificate", "certificate"),
    ("GET", "/v1/items/{}/directory", "directory"),
    ("POST", "/v1/materials", "material"),
    ("POST", "/v1/uploads", "upload"),
    ("GET", "/v1/uploads/{}", "upload-state"),
    ("POST", "/v1/uploads/{}", "upload-piece"),
    ("POST", "/v1/cases", "case"),
    ("GET", "/v1/cases/by-key/{}", "case-by-key"),
    ("GET", "/v1/cases/{}", "case-status"),
    ("GET", "/v1/my/cases", "my-cases"),
    ("POST", "/v1/my/drafts", "draft"),
    ("GET", "/v1/my/drafts/{}", "kept-draft"),
    ("POST", "/v1/cases/{}/supplements", "supplement"),
    ("POST", "/v1/cases/{}/withdrawals", "withdrawal"),
    ("GET", "/v1/cases/{}/result", "case-result"),
    ("POST", "/v1/licences/sms", "licence-sms"),
    ("POST", "/v1/licences/authorisations", "licence-authorisation"),
    ("POST", "/v1/licences/list", "licences"),
    ("POST", "/v1/licences/renderings", "licence-rendering"),
    ("GET", "/v1/ratings/options", "rating-options"),
    ("POST", "/v1/ratings", "rating"),
    ("GET", "/v1/notices", "notices"),
    ("GET", "/v1/warnings", "warnings"),
    ("POST", "/v1/assist-calls", "assist-call"),
    ("POST", "/v1/callbacks", "callback"),
    ("POST", "/v1/appeals", "appeal"),
    ("GET", "/v1/appeals/{}", "appeal-status"),
    ("POST", "/v1/appeals/{}/feedback", "appeal-feedback"),
    ("GET", "/v1/slots", "slots"),
    ("POST", "/v1/appointments", "appointment"),
    ("POST", "/v1/appointments/{}/cancellations", "appointment-cancellation"),
    ("GET", "/v1/volunteer-activities", "volunteer-activities"),
    ("POST", "/v1/volunteer-activities/{}/sign-ups", "volunteer-sign-up"),
];

/// The name of a call; `None` where the contract has none with this method and path.
pub(super) fn name(method: &str, resource: &str) -> Option<&'static str> {
    let path = resource.split('?').next().unwrap_or_default();
    let fits = |pattern: &str| {
        let (mut asked, mut wanted) = (path.split('/'), pattern.split('/'));
        loop {
            match (asked.next(), wanted.next()) {
                (None, None) => return true,
                (Some(_), Some("{}")) => {}
                (Some(asked), Some(wanted)) if asked == wanted => {}
                _ => return false,
            }
        }
    };
    // A path without a variable part wins over one with it.
    let mut fitting: Vec<_> =
        NAMES.iter().filter(|(of, pattern, _)| *of == method && fits(pattern)).collect();
    fitting.sort_by_key(|(_, pattern, _)| pattern.matches("{}").count());
    fitting.first().map(|(_, _, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_of_the_document_has_its_name() {
        let text = include_str!("../../../../docs/openapi.json");
        let document: serde_json::Value = serde_json::from_str(text).unwrap();
        let mut calls = 0;
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, call) in methods.as_object().unwrap() {
                let Some(id) = call["operationId"].as_str() else { continue };
                let asked: Vec<&str> =
                    path.split('/').map(|s| if s.starts_with('{') { "x-1" } else { s }).collect();
                let named = name(&method.to_uppercase(), &asked.join("/"));
                assert_eq!(named.map(|n| n.replace('-', "_")).as_deref(), Some(id), "{method} {path}");
                calls += 1;
            }
        }
        assert_eq!(calls, NAMES.len());
    }

    #[test]
    fn names_are_of_method_and_path() {
        let check =
            |method: &str, resource: &str, want| assert_eq!(name(method, resource), want, "{resource}");
        check("GET", "/v1/divisions?parent=990001", Some("divisions"));
        check("POST", "/v1/sessions/sms", Some("sms"));
        check("GET", "/v1/uploads/m-1", Some("upload-state"));
        check("POST", "/v1/uploads/m-1", Some("upload-piece"));
        check("PUT", "/v1/uploads/m-1", None);
        check("GET", "/v1/cases/by-key/01", Some("case-by-key"));
        check("POST", "/v1/moon", None);
        check("GET", "", None);
    }
}
