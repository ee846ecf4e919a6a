// Where a line, a word, a sentence, a letter may end: the crate's own rules.
macro_rules! own {
    ($file:literal) => {
        include!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/", $file, ".rs.data"));
    };
}
own!("segmenter_break_grapheme_cluster_v1");
own!("segmenter_break_grapheme_cluster_v2");
own!("segmenter_break_line_override_v2");
own!("segmenter_break_line_v1");
own!("segmenter_break_line_v2");
own!("segmenter_break_line_v3");
own!("segmenter_break_sentence_override_v1");
own!("segmenter_break_sentence_override_v2");
own!("segmenter_break_sentence_v1");
own!("segmenter_break_sentence_v2");
own!("segmenter_break_word_override_v1");
own!("segmenter_break_word_v1");
own!("segmenter_break_word_v2");
own!("segmenter_unihan_radical_v1");

/// Where the data is handed out, as the crate's own.
#[doc(hidden)]
#[macro_export]
macro_rules! __make_provider {
    ($name:ty) => {
        impl $name {
            pub(crate) const MUST_USE_MAKE_PROVIDER_MACRO: () = ();
        }
        icu_provider::marker::impl_data_provider_never_marker!($name);
    };
}
#[doc(inline)]
pub use __make_provider as make_provider;

/// Data of which nothing is there: what asks for it does without.
#[doc(hidden)]
#[macro_export]
macro_rules! __absent {
    ($provider:ty, $marker:ident) => {
        impl icu_provider::DataProvider<icu::segmenter::provider::$marker> for $provider {
            fn load(
                &self,
                req: icu_provider::DataRequest,
            ) -> Result<
                icu_provider::DataResponse<icu::segmenter::provider::$marker>,
                icu_provider::DataError,
            > {
                let info = <icu::segmenter::provider::$marker as icu_provider::DataMarker>::INFO;
                Err(icu_provider::DataErrorKind::IdentifierNotFound.with_req(info, req))
            }
        }
    };
}

/// Chinese and Japanese words.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_segmenter_dictionary_auto_v2 {
    ($provider:ty) => {
        $crate::__absent!($provider, SegmenterDictionaryAutoV2);
    };
}
#[doc(inline)]
pub use __impl_segmenter_dictionary_auto_v2 as impl_segmenter_dictionary_auto_v2;

/// Burmese, Khmer, Lao, Thai words.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_segmenter_dictionary_extended_v2 {
    ($provider:ty) => {
        $crate::__absent!($provider, SegmenterDictionaryExtendedV2);
    };
}
#[doc(inline)]
pub use __impl_segmenter_dictionary_extended_v2 as impl_segmenter_dictionary_extended_v2;

/// Models of the same.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_segmenter_lstm_auto_v1 {
    ($provider:ty) => {
        $crate::__absent!($provider, SegmenterLstmAutoV1);
    };
}
#[doc(inline)]
pub use __impl_segmenter_lstm_auto_v1 as impl_segmenter_lstm_auto_v1;
