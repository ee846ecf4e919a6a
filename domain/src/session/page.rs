//! The names of the pages: what the screen shows in a state.

/// A page of the terminal, named as in the table of screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Page {
    /// Nobody is there.
    Idle,
    /// 您要办什么
    Home,
    /// The search of the home page.
    Search,
    /// 哪一件
    Items,
    /// 办之前看一眼
    Guide,
    /// 我们要读什么、为什么
    Consent,
    /// All ways to say who one is.
    Identify,
    /// Card on the reader.
    IdentifyCard,
    /// The province's QR.
    IdentifyQr,
    /// 网证
    IdentifyNetworkId,
    /// Number and SMS.
    IdentifySms,
    /// A worker vouches.
    IdentifyWorker,
    /// Look into the camera.
    Face,
    /// The province is asked before the form.
    Asking,
    /// 您还能办
    YouMayAlso,
    /// A step of the form; the kind of its first field names the page.
    Form(FormPage),
    /// The ways to allow a look at one's certificates, in the place of a picture.
    LicenceWays,
    /// The code of the province's app that allows it.
    LicenceQr,
    /// The code by SMS that allows it.
    LicenceSms,
    /// Which certificate.
    LicenceList,
    /// The certificate, before it is taken.
    LicenceLook,
    /// 请核对
    Review,
    /// On its way.
    Submitting,
    /// What became of it.
    Result,
    /// The list of a directory.
    Directory,
    /// Paper comes.
    Printing,
    /// 请评价这次服务
    Rating,
    /// The resident's own words of a rating.
    RatingWords,
    /// 您的信息已从本机清除
    Forgetting,
    /// 找人帮忙
    Help,
    /// A worker signs in.
    Assisted,
    /// 您还在吗
    StillThere,
    /// This device cannot …
    Trouble,
    /// 本机暂停服务
    OutOfService,
    /// Keeper and technician sign in.
    StaffSignIn,
    /// The keeper's page.
    Keeper,
    /// The technician's page.
    Technician,
}

/// The kinds of form page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the kinds of field, documented there")]
pub enum FormPage {
    Choice,
    YesNo,
    Text,
    Number,
    Date,
    Amount,
    Division,
    Person,
    Photo,
    Signature,
}

impl FormPage {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Choice,
        Self::YesNo,
        Self::Text,
        Self::Number,
        Self::Date,
        Self::Amount,
        Self::Division,
        Self::Person,
        Self::Photo,
        Self::Signature,
    ];

    /// The page of a kind of field.
    pub const fn of(kind: &crate::form::FieldKind) -> Self {
        use crate::form::FieldKind as K;
        match kind {
            K::Choice { .. } => Self::Choice,
            K::YesNo => Self::YesNo,
            K::Text { .. } => Self::Text,
            K::Number { .. } => Self::Number,
            K::Date { .. } => Self::Date,
            K::Amount { .. } => Self::Amount,
            K::Division { .. } => Self::Division,
            K::Person => Self::Person,
            K::Photo { .. } => Self::Photo,
            K::Signature => Self::Signature,
        }
    }
}

impl Page {
    /// The kebab-case name: file names of pictures, command lines, the journal.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Home => "home",
            Self::Search => "search",
            Self::Items => "items",
            Self::Guide => "guide",
            Self::Consent => "consent",
            Self::Identify => "identify",
            Self::IdentifyCard => "identify-card",
            Self::IdentifyQr => "identify-qr",
            Self::IdentifyNetworkId => "identify-network-id",
            Self::IdentifySms => "identify-sms",
            Self::IdentifyWorker => "identify-worker",
            Self::Face => "face",
            Self::Asking => "asking",
            Self::YouMayAlso => "you-may-also",
            Self::Form(FormPage::Choice) => "form-choice",
            Self::Form(FormPage::YesNo) => "form-yes-no",
            Self::Form(FormPage::Text) => "form-text",
            Self::Form(FormPage::Number) => "form-number",
            Self::Form(FormPage::Date) => "form-date",
            Self::Form(FormPage::Amount) => "form-amount",
            Self::Form(FormPage::Division) => "form-division",
            Self::Form(FormPage::Person) => "form-person",
            Self::Form(FormPage::Photo) => "form-photo",
            Self::Form(FormPage::Signature) => "form-signature",
            Self::LicenceWays => "licence-ways",
            Self::LicenceQr => "licence-qr",
            Self::LicenceSms => "licence-sms",
            Self::LicenceList => "licence-list",
            Self::LicenceLook => "licence-look",
            Self::Review => "review",
            Self::Submitting => "submitting",
            Self::Result => "result",
            Self::Directory => "directory",
            Self::Printing => "printing",
            Self::Rating => "rating",
            Self::RatingWords => "rating-words",
            Self::Forgetting => "forgetting",
            Self::Help => "help",
            Self::Assisted => "assisted",
            Self::StillThere => "still-there",
            Self::Trouble => "trouble",
            Self::OutOfService => "out-of-service",
            Self::StaffSignIn => "staff-sign-in",
            Self::Keeper => "keeper",
            Self::Technician => "technician",
        }
    }

    /// Every page, in the order of a resident's path.
    pub fn all() -> impl Iterator<Item = Self> {
        let before = [
            Self::Idle,
            Self::Home,
            Self::Search,
            Self::Items,
            Self::Guide,
            Self::Consent,
            Self::Identify,
            Self::IdentifyCard,
            Self::IdentifyQr,
            Self::IdentifyNetworkId,
            Self::IdentifySms,
            Self::IdentifyWorker,
            Self::Face,
            Self::Asking,
        ];
        let after = [
            Self::LicenceWays,
            Self::LicenceQr,
            Self::LicenceSms,
            Self::LicenceList,
            Self::LicenceLook,
            Self::Review,
            Self::Submitting,
            Self::Result,
            Self::Directory,
            Self::Printing,
            Self::Rating,
            Self::RatingWords,
            Self::YouMayAlso,
            Self::Forgetting,
            Self::Help,
            Self::Assisted,
            Self::StillThere,
            Self::Trouble,
            Self::OutOfService,
            Self::StaffSignIn,
            Self::Keeper,
            Self::Technician,
        ];
        before.into_iter().chain(FormPage::ALL.into_iter().map(Self::Form)).chain(after)
    }
}

impl std::fmt::Display for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_pages_are_named_after_the_kinds_of_field() {
        let names: Vec<String> = FormPage::ALL.into_iter().map(|p| Page::Form(p).name().to_owned()).collect();
        let kinds: Vec<String> = crate::form::FieldKind::NAMES.iter().map(|n| format!("form-{n}")).collect();
        assert_eq!(names, kinds);
    }
}
