//! The fictitious people who come to the terminal, by their cards.

use super::Rig;
use drivers::sim::id_card::SampleCard;
use platform_client::sim::CastMember;

impl Rig {
    /// Whose card this is, as the province knows them; nobody for a card with a wrong number, or where the province is
    /// elsewhere.
    pub fn holder(&self, card: SampleCard) -> Option<CastMember> {
        let number = card.card().number;
        let people = self.admin().map(|admin| admin.people()).unwrap_or_default();
        people.into_iter().find(|member| member.person.number.reveal() == number)
    }
}
