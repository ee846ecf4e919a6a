//! A step of the form: what to answer, and how a hand does it.

use super::{Visit, VisitError};
use domain::division::DivisionCode;
use domain::form::answer::{Answer, YesNo};
use domain::form::{Field, FieldId, FieldKind, PhotoSubject};
use domain::locale::Locale;
use domain::material::{Necessity, Picture};
use domain::messages::MessageId as M;
use domain::service_item::sample::Sample;
use domain::session::state::{Filling, Step};
use drivers::sim::camera::{Scene, SceneName};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long a picture may take.
const PHOTO: Duration = Duration::from_secs(20);
/// A step is left by one touch of 下一步 for each of its fields; more do not help.
const MOST_NEXT: u8 = 8;

/// What is answered.
pub(super) struct Answers {
    /// The item's sample: for what nobody has filled in.
    pub(super) own: BTreeMap<FieldId, Sample>,
    /// The visit's own file: instead of whatever is there.
    pub(super) told: BTreeMap<FieldId, Sample>,
}

/// A step as it is found.
struct Found {
    at: usize,
    fields: Vec<(Field, Option<Answer>)>,
    mistakes: Vec<(FieldId, String)>,
}

impl Visit<'_> {
    fn found(&self) -> Option<Found> {
        let shell = self.booth.terminal().shell();
        let visit = shell.session().visit()?;
        let Step::Form(filling) = &visit.step else { return None };
        let l = visit.locale;
        let answer = |f: &Field| filling.file.answers.get(&f.id).map(|a| a.answer.clone());
        let mistakes = filling.mistakes.iter();
        Some(Found {
            at: filling.at,
            fields: Filling::fields(filling).map(|f| (f.clone(), answer(f))).collect(),
            mistakes: mistakes.map(|m| (m.field.clone(), m.message.text(l).to_owned())).collect(),
        })
    }

    /// Fills in the step that is shown, or goes on from it.
    pub(super) fn form(&mut self) -> Result<(), VisitError> {
        let Some(found) = self.found() else { return Ok(()) };
        if self.did.filled != Some(found.at) {
            let l = self.locale();
            let mut touched = false;
            for (index, (field, there)) in found.fields.iter().enumerate() {
                touched |= self.answer(&found, index, field, there.as_ref(), l)?;
            }
            self.did.filled = Some(found.at);
            if touched && !matches!(self.found(), Some(now) if now.at != found.at) {
                self.record.picture(self.booth, self.booth.page())?;
            }
            return Ok(());
        }
        if let Some((field, message)) = found.mistakes.into_iter().next() {
            return Err(VisitError::Refused { field: field.as_str().to_owned(), message });
        }
        self.did.pressed_next += 1;
        if self.did.pressed_next > MOST_NEXT {
            return Err(VisitError::Stuck { page: self.booth.page().name() });
        }
        self.hands.press_words(M::FrameNext)
    }

    /// Answers one field, unless what is there is right; whether anything was touched.
    fn answer(
        &mut self,
        found: &Found,
        index: usize,
        field: &Field,
        there: Option<&Answer>,
        l: Locale,
    ) -> Result<bool, VisitError> {
        let sample = match (self.answers.told.get(&field.id), there) {
            (Some(told), _) => told.clone(),
            (None, Some(_)) => return Ok(false),
            (None, None) => match self.answers.own.get(&field.id) {
                Some(own) => own.clone(),
                None if field.necessity == Necessity::Optional => return Ok(false),
                None => return Err(VisitError::NoAnswer(field.id.as_str().to_owned())),
            },
        };
        if matches!(sample, Sample::Licence(_)) {
            if matches!(there, Some(Answer::Licence(_))) {
                return Ok(false);
            }
            // Its pages lead back to the form.
            return self.hands.press_words(M::FormUseLicence).map(|()| true);
        }
        let wanted = sample.answer(self.booth.now().date(), &Picture::new(Vec::new()));
        let is_picture = matches!(wanted, Answer::Photo(_) | Answer::Licence(_) | Answer::Signature(_));
        if !is_picture && there == Some(&wanted) {
            return Ok(false);
        }
        let label = field.label.text(l);
        let group = found.fields.len() > 1;
        match &wanted {
            Answer::Choice(value) => {
                let FieldKind::Choice { options } = &field.kind else { return Ok(false) };
                let option = options.iter().find(|o| o.value == *value);
                let option = option.map(|o| o.label.text(l).to_owned()).unwrap_or_default();
                self.choose(found, index, group, &option, l)?;
            }
            Answer::YesNo(answer) => {
                let words = if *answer == YesNo::Yes { M::TextYes } else { M::TextNo };
                self.choose(found, index, group, words.text(l), l)?;
            }
            Answer::Text(text) => self.type_into(field, label, there, text.reveal())?,
            Answer::Number(number) => self.type_into(field, label, there, &number.to_string())?,
            Answer::Amount(fen) => {
                let text = match fen % 100 {
                    0 => (fen / 100).to_string(),
                    rest => format!("{}.{rest:02}", fen / 100),
                };
                self.type_into(field, label, there, &text)?;
            }
            Answer::Date(day) => {
                let typed = [day.year(), i32::from(u8::from(day.month())), i32::from(day.day())];
                for (words, number) in [M::TextYear, M::TextMonth, M::TextDay].into_iter().zip(typed) {
                    self.hands.press_words(words)?;
                    if there.is_some() {
                        self.hands.press_words(M::KeyboardClear)?;
                    }
                    self.hands.write(field.id.as_str(), 0, &number.to_string())?;
                }
            }
            Answer::Division(code) => self.choose_division(there, code, l)?,
            Answer::Person { name, number } => {
                self.type_into(field, M::TextName.text(l), None, name.reveal())?;
                self.type_into(field, M::SignInNumber.text(l), None, number.reveal())?;
            }
            // A certificate of the library is taken on its own pages.
            Answer::Photo(_) | Answer::Licence(_) => self.take_photo(field)?,
            Answer::Signature(_) => self.hands.sign(label)?,
        }
        Ok(true)
    }

    fn choose(
        &self,
        found: &Found,
        index: usize,
        group: bool,
        option: &str,
        l: Locale,
    ) -> Result<(), VisitError> {
        if !group {
            return self.hands.seek(option);
        }
        // The same words may stand under more than one question of a group.
        let offers = |field: &Field| match &field.kind {
            FieldKind::Choice { options } => options.iter().any(|o| o.label.text(l) == option),
            FieldKind::YesNo => [M::TextYes, M::TextNo].iter().any(|w| w.text(l) == option),
            _ => false,
        };
        let before = found.fields[..index].iter().filter(|(field, _)| offers(field)).count();
        self.hands.press_nth(option, before)
    }

    fn type_into(
        &self,
        field: &Field,
        label: &str,
        there: Option<&Answer>,
        text: &str,
    ) -> Result<(), VisitError> {
        self.hands.press(label)?;
        let before = match there {
            Some(Answer::Text(text)) => text.reveal().chars().count(),
            Some(Answer::Number(number)) => number.to_string().len(),
            Some(Answer::Amount(fen)) => format!("{}.{:02}", fen / 100, fen % 100).len(),
            _ => 0,
        };
        self.hands.write(field.id.as_str(), before, text)
    }

    fn choose_division(
        &self,
        there: Option<&Answer>,
        code: &DivisionCode,
        l: Locale,
    ) -> Result<(), VisitError> {
        let named = |code: &str| {
            let shell = self.booth.terminal().shell();
            let divisions = &shell.session().facts().divisions;
            divisions.iter().find(|d| d.code.as_str() == code).map(|d| d.name.text(l).to_owned())
        };
        if let Some(Answer::Division(chosen)) = there {
            // Back to the first level, whose name stands above the list.
            self.hands.press(&named(&chosen.as_str()[..6]).unwrap_or_default())?;
        }
        for length in [6, 9, 12].into_iter().filter(|length| *length <= code.as_str().len()) {
            self.hands.seek(&named(&code.as_str()[..length]).unwrap_or_else(|| code.to_string()))?;
        }
        Ok(())
    }

    fn take_photo(&self, field: &Field) -> Result<(), VisitError> {
        let camera = self.booth.rig().camera();
        let seed = self.options.seed;
        camera.show(match field.kind {
            FieldKind::Photo { subject: PhotoSubject::Paper } => Scene::paper(seed),
            _ => Scene::named(SceneName::Empty, seed),
        });
        self.hands.press_words(M::FormTakePhoto)?;
        let until = Instant::now() + PHOTO;
        let taken =
            || self.found().is_some_and(|f| f.fields.iter().any(|(f, a)| f.id == field.id && a.is_some()));
        while !taken() && Instant::now() < until {
            self.booth.wait_event(Duration::from_millis(200));
        }
        camera.show(Scene::face(self.options.seed));
        Ok(())
    }
}
