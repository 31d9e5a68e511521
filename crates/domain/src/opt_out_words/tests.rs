#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::table::{INSIDE, PHRASES};
use super::*;

/// Opt-outs whatever we sent before.
#[rustfmt::skip]
const OPT_OUTS: &[&str] = &[
    "STOP", "stop", "Stop.", "STOP!!!", "  stop  ", "stop 🛑", "S T O P", "s.t.o.p", "ＳＴＯＰ", "Stop please", "please stop",
    "Please STOP, thank you", "Hi, stop please", "hello please unsubscribe me thanks", "stop stop stop", "STOPALL",
    "Stop all", "UNSUBSCRIBE", "Unsubscribe me", "opt out", "opt-out", "OPTOUT", "Opt me out please", "revoke",
    "Stop messaging me", "Stop sending me messages!", "please remove me from your list", "Remove me", "Take me off your list.",
    "Don't message me again", "don’t text me", "no more messages please", "I want to unsubscribe", "stop promotions",
    "BAJA", "baja por favor", "Hola, quiero darme de baja, gracias", "Darme de baja", "No quiero más mensajes", "parar",
    "No me envíen más mensajes", "SAIR", "sair por favor", "Descadastrar", "não quero mais receber mensagens",
    "Nao quero receber mensagens", "Me tire da lista", "arrêt", "ARRET", "Arrêtez svp", "Désabonner", "desabonnez-moi",
    "Bonjour, désinscription s'il vous plaît, merci", "stop pub", "Ne me contactez plus", "abmelden", "Bitte abmelden",
    "Abmelden bitte, danke", "ABBESTELLEN", "Stopp!", "Keine Werbung mehr!", "keine Nachrichten mehr bitte",
    "Ich möchte keine Nachrichten mehr", "löschen Sie meine Nummer", "disiscrivimi", "Cancellami per favore",
    "non scrivetemi più", "afmelden", "Uitschrijven aub", "geen berichten meer", "avregistrera mig tack", "Avanmäl",
    "Afmeld", "meld meg av", "LOPETA", "en halua viestejä", "wypisz mnie", "Rezygnuję", "Nie piszcie do mnie", "odhlásit",
    "Odhlaste mě prosím", "odhlásiť", "leiratkozás", "Leiratkozom", "dezabonare", "Nu mai vreau mesaje", "СТОП", "стоп!",
    "Отпишете ме моля", "στοπ", "ΔΙΑΓΡΑΦΗ", "Διαγραφή παρακαλώ", "durdur", "Abonelikten çık", "Mesaj atmayın lütfen",
    "отписаться", "Отпишите меня, пожалуйста", "не пишите мне больше", "Здравствуйте, отпишите меня", "відписатися",
    "Не пишіть мені", "odjava", "Одјави ме", "baixa", "atsisakau", "atteikties", "lõpeta", "توقف", "إيقاف", "ايقاف",
    "إلغاء الاشتراك", "الغاء الاشتراك من فضلك", "لا أريد رسائل", "הסר", "הסירו אותי בבקשה", "תפסיקו לשלוח", "لغو اشتراک",
    "بند کرو", "बंद करो", "कृपया बंद करें", "band karo", "message mat bhejo", "थांबवा", "বন্ধ করুন", "நிறுத்து",
    "ఆపండి", "બંધ કરો", "ನಿಲ್ಲಿಸಿ", "നിർത്തുക", "ਬੰਦ ਕਰੋ", "berhenti", "Tolong berhenti", "jangan kirim pesan lagi",
    "henti", "หยุด", "หยุดครับ", "ยกเลิกการสมัคร", "dừng", "Dừng lại", "Hủy đăng ký", "退订", "请退订", "停止", "取消訂閱",
    "配信停止", "配信停止お願いします", "解除してください", "수신거부", "그만", "중지 부탁드립니다", "jiondoe", "itigil po", "teken uit asseblief",
];

/// Neither opt-out nor opt-in.
#[rustfmt::skip]
const NOTHING: &[&str] = &[
    "stop by the shop", "I'll stop by tomorrow", "Can I stop by at 5?", "don't stop", "Don't stop now, I love it",
    "non-stop", "what a stop", "The bus stop is near", "shop", "step", "Yes", "No", "ok", "thanks", "Thank you!", "hi",
    "no thanks", "not today", "I can't, sorry", "when do you open?", "Is the store open on Sunday?",
    "stop me if I'm wrong but the price was 20", "will you stop selling the blue one?", "full stop", "top", "atop",
    "endless", "the end of the street", "quite nice", "cancelled flights", "My order number is 1234",
    "please send me the menu", "how much is it?", "🛑", "👍", "", "   ", "...", "?", "12", "para mañana", "para",
    "Es para mi mamá", "bajo el puente", "la caja", "Đúng", "đúng rồi", "dung", "acha", "accha theek hai", "haan",
    "genau", "Ende der Woche passt", "das Ende war gut", "finalmente", "fine grazie mille per tutto",
    "c'est la fin du mois", "arriver", "l'arrêt de bus est où ?", "wann habt ihr offen?", "danke", "bitte", "gracias",
    "merci beaucoup", "obrigada", "спасибо", "подскажите цену", "شكرا", "תודה", "谢谢", "多少钱", "ありがとう", "감사합니다",
    "Where is the stop for line 3", "pit stop at noon", "one-stop shop", "stopwatch", "unstoppable", "I subscribe to that view",
    "start the oven at 5", "when does it start?", "let's start over", "Can you start my order?", "Startseite",
];

/// For an operator to decide when our last message was no marketing.
#[rustfmt::skip]
const PROBABLE: &[&str] = &[
    "cancel", "CANCEL", "end", "quit", "Quit!", "leave me alone", "Leave me alone please", "stpo", "sotp", "stip",
    "unsubscirbe", "unsubcribe", "abmeldn", "how do I unsubscribe", "I don't know why I get this, please unsubscribe my mother",
    "This is the third time. Stop sending me your offers or I call someone", "cancelar", "salir", "annuler", "Ende",
    "annulla", "отмена", "iptal", "取消", "キャンセル", "취소", "déjenme en paz", "laissez-moi tranquille",
    "Lassen Sie mich in Ruhe", "Bitte lassen Sie mich in Ruhe!", "хватит", "could you take me off whatever list this is",
    "basta", "lasciatemi in pace", "laat me met rust", "dajcie mi spokój", "go away",
];

#[rustfmt::skip]
const OPT_INS: &[&str] = &[
    "START", "start", "Start please", "UNSTOP", "subscribe", "Subscribe me", "opt in", "opt-in", "alta", "anmelden",
    "Bitte anmelden", "iscrivimi", "aanmelden", "подписаться", "підписатися", "abone ol", "订阅", "수신동의",
];

#[test]
fn unmistakable_opt_outs_are_read_whatever_was_sent_before() {
    for text in OPT_OUTS {
        assert_eq!(read(text, false), ChatSignal::OptOut, "{text:?}");
        assert_eq!(read(text, true), ChatSignal::OptOut, "{text:?}");
    }
}

#[test]
fn everyday_messages_are_neither() {
    for text in NOTHING {
        assert_eq!(read(text, false), ChatSignal::Nothing, "{text:?}");
        assert_eq!(read(text, true), ChatSignal::Nothing, "{text:?} after marketing");
    }
}

#[test]
fn what_may_be_an_opt_out_is_put_before_the_operator() {
    for text in PROBABLE {
        assert_eq!(read(text, false), ChatSignal::ProbableOptOut, "{text:?}");
    }
}

#[test]
fn cancel_end_and_quit_are_opt_outs_in_answer_to_marketing() {
    for text in ["cancel", "End.", "QUIT", "cancelar", "annuler", "取消"] {
        assert_eq!(read(text, true), ChatSignal::OptOut, "{text:?}");
    }
}

#[test]
fn start_words_opt_in() {
    for text in OPT_INS {
        assert_eq!(read(text, false), ChatSignal::OptIn, "{text:?}");
    }
}

#[test]
fn the_table_speaks_many_languages_and_says_one_thing_per_phrase() {
    let languages: std::collections::BTreeSet<&str> =
        PHRASES.iter().filter(|(_, m, _)| *m == Meaning::Stop).map(|(l, _, _)| *l).collect();
    assert!(languages.len() >= 25, "{languages:?}");
    let mut seen = std::collections::BTreeMap::new();
    for (language, meaning, phrases) in PHRASES {
        for p in *phrases {
            let key = if p.starts_with('=') { (*p).to_owned() } else { fold(p) };
            if let Some((other, m)) = seen.insert(key, (language, meaning)) {
                assert_eq!(m, meaning, "{p:?} means one thing in {other} and another in {language}");
            }
        }
    }
    for p in INSIDE {
        assert!(!p.trim().is_empty());
    }
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,300}", after in any::<bool>()) {
        let _ = read(&text, after);
    }

    #[test]
    fn decorating_a_stop_changes_nothing(before in "[ .!*_~-]{0,6}", after in "[ .!*_~-]{0,6}", upper in any::<bool>()) {
        let word = if upper { "STOP" } else { "stop" };
        prop_assert_eq!(read(&format!("{before}{word}{after}"), false), ChatSignal::OptOut);
    }
}
