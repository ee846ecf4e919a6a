//! 政务服务事项: what the terminal can do for a resident, as data.

pub mod item_code;
pub mod sample;
pub mod source;

use crate::form::{FieldId, FormStep};
use crate::identity::{Assurance, IdentityWay};
use crate::locale::Localized;
use crate::material::{MaterialRequirement, MaterialSource};
use crate::terminal::OpeningHours;
use serde::{Deserialize, Serialize};

/// The id of an item in command lines and files: lower-case words joined by hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength" = 64)))]
#[serde(transparent)]
pub struct ItemId(pub String);

impl std::fmt::Display for ItemId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The six doors of the home page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// 养老
    ElderCare,
    /// 助残
    Disability,
    /// 社保医疗
    SocialInsurance,
    /// 办证明
    Certificates,
    /// 社区生活
    CommunityLife,
    /// 反映问题
    Appeals,
}

impl Theme {
    /// Every theme, in the order of the home page.
    pub const ALL: [Self; 6] = [
        Self::ElderCare,
        Self::Disability,
        Self::SocialInsurance,
        Self::Certificates,
        Self::CommunityLife,
        Self::Appeals,
    ];
}

/// The city plan's themes 幼学劳病老住弱 and 文体.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlanTheme {
    /// 幼有善育
    Childcare,
    /// 学有优教
    Education,
    /// 劳有厚得
    Employment,
    /// 病有良医
    Health,
    /// 老有颐养
    Ageing,
    /// 住有宜居
    Housing,
    /// 弱有众扶
    Support,
    /// 文体服务
    CultureSport,
}

/// What serving the item means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// A form is filed and becomes a case.
    Application,
    /// The issuer's sealed file is fetched and shown or printed unchanged.
    Certificate,
    /// A list to read; nothing is filed.
    Directory,
}

/// Whether a submission may wait in the terminal while the province is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Queueing {
    /// It may: the paper says "not yet received", with the time it was filed.
    MayQueue,
    /// The province must answer at once; while it is away the terminal says so and names the next step.
    LiveOnly,
}

/// Whether the province is asked first if there is anything to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inquiry {
    /// Straight to the form.
    #[default]
    None,
    /// "Already certified, valid until …" ends the visit calmly.
    AskFirst,
}

/// Where an application is decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// By a department of this city.
    #[default]
    Local,
    /// Taken here, decided where the household is registered (异地代收代办).
    CrossProvince,
}

/// What the item needs to know about the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityRequirement {
    /// How sure the identity must be.
    pub assurance: Assurance,
    /// The ways that lead there, best first; empty when nobody needs to be known.
    #[serde(default)]
    pub ways: Vec<IdentityWay>,
}

impl IdentityRequirement {
    /// Whether anybody needs to be known at all.
    pub fn is_needed(&self) -> bool {
        self.assurance != Assurance::None
    }

    /// Whether the page for the face belongs to the visit.
    pub fn wants_face(&self) -> bool {
        self.assurance == Assurance::CardAndFace
    }
}

/// What is read, why, and how long it is kept: shown before anything is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentNotice {
    /// Why.
    pub purpose: Localized,
    /// What, one line each.
    pub reads: Vec<Localized>,
    /// How long, and where.
    pub kept: Localized,
}

/// Who answers for the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponsibleBody {
    /// The department.
    pub name: Localized,
    /// Its telephone.
    pub phone: String,
}

/// One service item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceItem {
    /// The version of the schema of this file: 1.
    pub schema: u32,
    /// The item.
    pub id: ItemId,
    /// Its version, which consent and case refer to: `2026.11.1`.
    pub version: String,
    /// 事项编码, 31 characters, where the province has given one.
    #[serde(default)]
    pub code: Option<String>,
    /// The door of the home page.
    pub theme: Theme,
    /// Other doors behind which people look for it.
    #[serde(default)]
    pub also_in: Vec<Theme>,
    /// The plan's themes.
    pub plan_themes: Vec<PlanTheme>,
    /// Shown under 常办 on the home page.
    #[serde(default)]
    pub prominence: Prominence,
    /// What serving it means.
    pub kind: ServiceKind,
    /// Its name.
    pub name: Localized,
    /// One line.
    pub summary: Localized,
    /// How long at the terminal, in minutes.
    pub minutes: u16,
    /// Words by which a search finds it besides its name.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// What to have at hand, one line each.
    pub needs: Vec<Localized>,
    /// Who may apply, one line each.
    pub eligibility: Vec<Localized>,
    /// When it can be done at the terminal.
    pub hours: OpeningHours,
    /// What it costs.
    pub fee: Localized,
    /// The law or rule it rests on, one line each.
    pub law: Vec<Localized>,
    /// How long the department takes.
    pub time_limit: Localized,
    /// What happens after filing.
    pub next_step: Localized,
    /// Who answers for it.
    pub responsible: ResponsibleBody,
    /// What it needs to know about the person.
    pub identity: IdentityRequirement,
    /// What is read and why; none where nobody is identified.
    #[serde(default)]
    pub consent: Option<ConsentNotice>,
    /// Whether a submission may wait.
    pub queueing: Queueing,
    /// Whether the province is asked first.
    #[serde(default)]
    pub inquiry: Inquiry,
    /// Where it is decided.
    #[serde(default)]
    pub reach: Reach,
    /// The form, in order.
    #[serde(default)]
    pub form: Vec<FormStep>,
    /// What is handed in.
    #[serde(default)]
    pub materials: Vec<MaterialRequirement>,
    /// Sample answers, field → value: what the demonstration and the tests fill in.
    #[serde(default)]
    pub sample: std::collections::BTreeMap<String, toml::Value>,
}

impl ServiceItem {
    /// The paper for which this field takes an electronic certificate instead of a picture.
    pub fn licence_for(&self, field: &FieldId) -> Option<&MaterialRequirement> {
        let takes = |paper: &&MaterialRequirement| {
            paper.source == MaterialSource::LicenceLibrary && paper.field.as_ref() == Some(field)
        };
        self.materials.iter().find(takes)
    }
}

/// Whether the item stands under 常办.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prominence {
    /// Found under its theme.
    #[default]
    Ordinary,
    /// Also on the home page.
    Common,
}

/// The items of one site, in the order of the catalogue.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    /// The version of the whole, as the province gave it or the files' own.
    pub version: String,
    /// The items.
    pub items: Vec<std::sync::Arc<ServiceItem>>,
}

impl Catalogue {
    /// An item by its id.
    pub fn item(&self, id: &ItemId) -> Option<&std::sync::Arc<ServiceItem>> {
        self.items.iter().find(|i| i.id == *id)
    }

    /// The items behind one door.
    pub fn themed(&self, theme: Theme) -> impl Iterator<Item = &std::sync::Arc<ServiceItem>> {
        self.items.iter().filter(move |i| i.theme == theme || i.also_in.contains(&theme))
    }

    /// The items under 常办.
    pub fn common(&self) -> impl Iterator<Item = &std::sync::Arc<ServiceItem>> {
        self.items.iter().filter(|i| i.prominence == Prominence::Common)
    }

    /// The items whose name, summary or keywords hold every word of the query.
    pub fn search(&self, query: &str) -> Vec<&std::sync::Arc<ServiceItem>> {
        let query = query.to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        let hit = |item: &ServiceItem| {
            let mut hay =
                format!("{} {} {} {}", item.name.zh_cn, item.name.en, item.summary.zh_cn, item.summary.en);
            for word in &item.keywords {
                hay.push(' ');
                hay.push_str(word);
            }
            let hay = hay.to_lowercase();
            words.iter().all(|w| hay.contains(w))
        };
        self.items.iter().filter(|i| !words.is_empty() && hit(i)).collect()
    }
}
