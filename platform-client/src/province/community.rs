//! The neighbourhood: appeals, appointments, volunteers.

use super::{Province, ResidentSession, With};
use crate::contract::appeal::{Appeal, AppealFeedback, AppealNumber, AppealStatus};
use crate::contract::appointment::{
    Appointment, AppointmentNumber, AppointmentRequest, Cancellation, Slot, SlotId, SlotQuery, Slots, Subject,
};
use crate::contract::path;
use crate::contract::volunteer::{Activities, Activity, ActivityId, SignUp, SignUpReceipt};
use crate::error::CallError;
use crate::operation::Operation;
use domain::case::SubmissionId;
use domain::personal::Personal;
use time::Date;

impl Province {
    /// Tells a matter of the neighbourhood under its key; once.
    pub async fn appeal(&self, appeal: &Appeal) -> Result<AppealStatus, CallError> {
        let with = With::Key(&appeal.appeal_id);
        self.post(Operation::Appeal, path::APPEALS.to_owned(), with, appeal).await
    }

    /// Asks how far an appeal is.
    pub async fn appeal_status(&self, number: &AppealNumber) -> Result<AppealStatus, CallError> {
        self.get(Operation::AppealStatus, path::filled(path::APPEAL, &number.0)).await
    }

    /// Says how the answer to an appeal was found; once.
    pub async fn appeal_feedback(
        &self,
        number: &AppealNumber,
        feedback: &AppealFeedback,
    ) -> Result<AppealStatus, CallError> {
        let path = path::filled(path::APPEAL_FEEDBACK, &number.0);
        self.post(Operation::AppealFeedback, path, With::Key(&feedback.feedback_id), feedback).await
    }

    /// Fetches the times of a day that can be booked.
    pub async fn slots(&self, subject: Subject, day: Date) -> Result<Vec<Slot>, CallError> {
        // The words of the query are those of the contract's type.
        let query = serde_json::to_value(SlotQuery { subject, day }).unwrap_or_default();
        let word = |name: &str| query[name].as_str().unwrap_or_default();
        let path = path::slots(word("subject"), word("day"));
        let slots: Slots = self.get(Operation::Slots, path).await?;
        Ok(slots.slots)
    }

    /// Books a time for the session's person under a key; once.
    pub async fn book(
        &self,
        session: &ResidentSession,
        id: &SubmissionId,
        slot: &SlotId,
    ) -> Result<Appointment, CallError> {
        let request = AppointmentRequest {
            appointment_id: id.clone(),
            terminal_id: self.terminal.clone(),
            slot_id: slot.clone(),
        };
        let with = With::SessionAndKey(session, id);
        self.post(Operation::Book, path::APPOINTMENTS.to_owned(), with, &request).await
    }

    /// Takes an appointment back.
    pub async fn cancel_appointment(
        &self,
        session: &ResidentSession,
        id: &SubmissionId,
        number: &AppointmentNumber,
    ) -> Result<Appointment, CallError> {
        let request = Cancellation { cancellation_id: id.clone(), terminal_id: self.terminal.clone() };
        let path = path::filled(path::APPOINTMENT_CANCELLATIONS, &number.0);
        self.post(Operation::CancelAppointment, path, With::SessionAndKey(session, id), &request).await
    }

    /// Fetches what can be helped with.
    pub async fn activities(&self) -> Result<Vec<Activity>, CallError> {
        let all: Activities = self.get(Operation::Activities, path::VOLUNTEER_ACTIVITIES.to_owned()).await?;
        Ok(all.activities)
    }

    /// Signs the session's person up to help.
    pub async fn sign_up(
        &self,
        session: &ResidentSession,
        id: &SubmissionId,
        activity: &ActivityId,
        phone: &Personal,
    ) -> Result<SignUpReceipt, CallError> {
        let request =
            SignUp { sign_up_id: id.clone(), terminal_id: self.terminal.clone(), phone: phone.clone() };
        let path = path::filled(path::VOLUNTEER_SIGN_UPS, &activity.0);
        self.post(Operation::SignUp, path, With::SessionAndKey(session, id), &request).await
    }
}
