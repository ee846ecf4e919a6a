//! The words of the live page in both languages.

use crate::sim::store::KeptState;

/// In which language the page is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Language {
    #[default]
    Chinese,
    English,
}

impl Language {
    pub(super) fn of(word: Option<&str>) -> Self {
        if word == Some("en") { Self::English } else { Self::Chinese }
    }

    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }

    pub(super) const fn labels(self) -> &'static Labels {
        match self {
            Self::Chinese => &CHINESE,
            Self::English => &ENGLISH,
        }
    }
}

macro_rules! labels {
    ($($name:ident: $chinese:literal, $english:literal;)+) => {
        /// Every word of the page.
        #[derive(Debug)]
        pub(super) struct Labels {
            $(pub(super) $name: &'static str,)+
        }
        const CHINESE: Labels = Labels { $($name: $chinese,)+ };
        const ENGLISH: Labels = Labels { $($name: $english,)+ };
    };
}

labels! {
    title: "宜邻参考平台", "Yilin reference platform";
    fictitious: "虚构的省份，全部数据都是编的", "A fictitious province; nobody in it exists";
    other_language: "English", "中文";
    seed: "种子", "seed";
    no_script: "没有脚本，每 5 秒自动刷新。", "Without scripts the page is loaded again every 5 seconds.";
    live: "实时", "live";
    reveal: "显示电话号码", "Show telephone numbers";
    conceal: "隐藏电话号码", "Mask telephone numbers";
    nothing: "还没有", "Nothing yet";
    cases: "办件", "Cases";
    accept_all: "受理全部", "Accept all that wait";
    application: "申请编号", "Application";
    case_number: "办件编号", "Case number";
    item: "事项", "Item";
    state: "状态", "State";
    filed: "提交", "Filed";
    received: "收到", "Received";
    acts: "办理", "Acts";
    accept: "受理", "Accept";
    supplement: "要求补正", "Ask for a supplement";
    refuse: "不予受理", "Refuse";
    conclude: "办结", "Conclude";
    ratings: "评价", "Ratings";
    level: "等级", "Level";
    reasons: "原因", "Reasons";
    words: "原话字数", "Own words";
    at: "时间", "At";
    materials: "材料", "Materials";
    id: "编号", "Id";
    media_type: "类型", "Type";
    bytes: "字节", "Bytes";
    appeals: "诉求（不立案）", "Appeals without a case";
    advance: "下一步", "Next step";
    topic: "类别", "Topic";
    appointments: "预约", "Appointments";
    slot: "时段", "Time";
    sharings: "数据共享", "Shared data";
    calls: "求助", "Calls";
    kind: "种类", "Kind";
    terminal: "终端", "Terminal";
    page: "页面", "Page";
    telephone: "电话", "Telephone";
    terminals: "终端", "Terminals";
    version: "版本", "Version";
    heartbeat: "心跳", "Heartbeat";
    events: "终端事件", "Events of the terminals";
    number: "序号", "No.";
    faults: "故障", "Faults";
    in_force: "正在发生", "In force";
    none: "没有", "none";
    clear_all: "全部解除", "Clear all";
    fault: "故障", "Fault";
    often: "多久一次", "How often";
    always: "每次", "always";
    once: "一次", "once";
    every_second: "每两次", "every second";
    every_third: "每三次", "every third";
    one_in_ten: "十次约一次", "about one in ten";
    one_in_two: "两次约一次", "about one in two";
    step: "在哪个接口", "At which call";
    usual_step: "通常的", "the usual";
    set: "设置", "Set";
    world: "人脸、预警、时钟", "Face, warning, clock";
    face: "人脸", "Face";
    face_match: "相符", "match";
    face_no_match: "不符", "no match";
    face_down: "不可用", "down";
    warning: "预警", "Warning";
    red: "红", "red";
    orange: "橙", "orange";
    yellow: "黄", "yellow";
    blue: "蓝", "blue";
    clock: "时钟", "Clock";
    hour: "快一小时", "an hour on";
    day: "快一天", "a day on";
    people: "居民", "People";
    key: "代号", "Key";
    sms_code: "短信验证码", "Code by SMS";
    codes: "一次性码", "One-time codes";
    app_code: "省应用的二维码", "QR of the app";
    network_id: "网证", "Network identity";
}

impl Labels {
    pub(super) fn state(&self, state: &KeptState) -> &'static str {
        let english = self.title == ENGLISH.title;
        let (chinese, word) = match state {
            KeptState::Submitted => ("已收件", "received"),
            KeptState::Accepted => ("已受理", "accepted"),
            KeptState::SupplementRequired => ("待补正", "supplement required"),
            KeptState::InProgress => ("办理中", "in progress"),
            KeptState::Withdrawn => ("已撤回", "withdrawn"),
            KeptState::Concluded => ("已办结", "concluded"),
            KeptState::NotAccepted => ("不予受理", "not accepted"),
            KeptState::AlreadyApplied => ("重复申请", "already applied"),
        };
        if english { word } else { chinese }
    }

    /// The state of an appeal or an appointment, or how shared data were given out.
    pub(super) fn kept_state(&self, word: &str) -> String {
        let english = self.title == ENGLISH.title;
        let chinese = match word {
            "collected" => "已收集",
            "found" => "已找到责任方",
            "assigned" => "已派单",
            "handled" => "已处理",
            "answered" => "已答复",
            "booked" => "已预约",
            "cancelled" => "已取消",
            "consented" => "本人同意",
            "consent_not_said" => "未说明同意",
            other => other,
        };
        if english { word.replace('_', " ") } else { chinese.to_owned() }
    }

    pub(super) fn act(&self, act: &&str) -> &'static str {
        match *act {
            "accept" => self.accept,
            "supplement" => self.supplement,
            "refuse" => self.refuse,
            _ => self.conclude,
        }
    }
}
