//! Where one syllable ends and the next begins.

use super::BREAK;

/// The syllables of modern Chinese without tones, `v` for ü.
const SYLLABLES: &str = "a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen \
ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci cong cou cu cuan \
cui cun cuo da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou du duan dui dun duo e ei en eng er fa \
fan fang fei fen feng fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha hai han \
hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan \
jue jun ka kai kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li \
lia lian liang liao lie lin ling liu lo long lou lu luan lun luo lv lve ma mai man mang mao me mei men meng mi mian miao mie \
min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong nou nu nuan nun nuo nv \
nve o ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu \
qu quan que qun ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan \
shang shao she shei shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai \
tan tang tao te teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang \
xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao \
ze zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi \
zong zou zu zuan zui zun zuo";

/// The longest syllable: zhuang.
const LONGEST: usize = 6;
/// More ways to cut the letters are not followed up.
const MOST_WAYS: usize = 6;

/// A syllable of what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syllable<'l> {
    /// Its letters.
    pub(super) text: &'l str,
    /// Where what was typed goes on after it: behind a break, if one follows.
    pub(super) end: usize,
}

/// The ways to cut letters into syllables, those with the fewest first; the last syllable may be unfinished. A break
/// ends a syllable.
pub(super) fn segmentations(letters: &str) -> Vec<Vec<Syllable<'_>>> {
    let mut ways = Vec::new();
    if letters.chars().all(|c| c.is_ascii_lowercase() || c == BREAK) && !letters.is_empty() {
        cut(letters, 0, &mut Vec::new(), &mut ways);
    }
    // Whole syllables before unfinished ones, then the fewest.
    ways.sort_by_key(|way: &Vec<Syllable<'_>>| (!way.last().is_some_and(|s| is_syllable(s.text)), way.len()));
    ways.truncate(MOST_WAYS);
    ways
}

fn cut<'l>(letters: &'l str, at: usize, way: &mut Vec<Syllable<'l>>, ways: &mut Vec<Vec<Syllable<'l>>>) {
    // Long inputs have many cuts; the first found take the longest syllables and are the usual ones.
    if ways.len() >= MOST_WAYS * 4 {
        return;
    }
    let rest = &letters[at..];
    if rest.is_empty() {
        ways.push(way.clone());
        return;
    }
    for length in (1..=LONGEST.min(rest.len())).rev() {
        let (text, tail) = rest.split_at(length);
        if is_syllable(text) || (tail.is_empty() && begins_syllable(text)) {
            let end = at + length + usize::from(tail.starts_with(BREAK));
            way.push(Syllable { text, end });
            cut(letters, end, way, ways);
            way.pop();
        }
    }
}

fn is_syllable(text: &str) -> bool {
    SYLLABLES.split_ascii_whitespace().any(|s| s == text)
}

fn begins_syllable(text: &str) -> bool {
    SYLLABLES.split_ascii_whitespace().any(|s| s.starts_with(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(letters: &str) -> Vec<Vec<&str>> {
        segmentations(letters).iter().map(|way| way.iter().map(|s| s.text).collect()).collect()
    }

    #[test]
    fn letters_are_cut_where_syllables_end() {
        assert_eq!(texts("wuhushi")[0], ["wu", "hu", "shi"]);
        assert_eq!(texts("xian")[0], ["xian"]);
        assert!(texts("xian").contains(&vec!["xi", "an"]));
        assert_eq!(texts("wuhus")[0], ["wu", "hu", "s"]);
        assert!(texts("vvv").is_empty());
    }

    #[test]
    fn a_break_ends_a_syllable() {
        assert_eq!(texts("xi'an")[0], ["xi", "an"]);
        assert!(texts("xi'an").iter().all(|way| way[0] == "xi"));
        assert_eq!(texts("xi'"), [["xi"]]);
        assert!(texts("'xi").is_empty());
        assert!(texts("x'an").is_empty(), "an unfinished syllable stands last");
        let ends: Vec<usize> = segmentations("xi'an")[0].iter().map(|s| s.end).collect();
        assert_eq!(ends, [3, 5]);
    }

    #[test]
    fn a_long_input_ends() {
        assert!(!segmentations(&"xian".repeat(30)).is_empty());
    }
}
