//! Languages by their tags: their English names, and the few sentences that are said word for word.

/// Stands in [`Phrases::disclosure`] for the person that the call is made for.
pub const CALLER: &str = "{caller}";

/// What is said word for word in a language. English has none here: its opening also says the goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrases {
    /// That an AI is calling, and for whom; one sentence.
    pub disclosure: &'static str,
    /// What goes on before its full stop when the call is recorded.
    pub recorded: &'static str,
    /// The caller, if there is no name.
    pub nobody: &'static str,
    /// Asked into a long silence.
    pub still_there: &'static str,
    /// The last words into a silence.
    pub nobody_heard: &'static str,
    /// The last words when the time is over.
    pub time_is_over: &'static str,
    /// The last words otherwise.
    pub goodbye: &'static str,
    /// The first words after the line was lost and has come back.
    pub lost_you: &'static str,
    /// Then, if the callee had the word.
    pub say_again: &'static str,
    /// Asks the callee to wait while the user is asked something.
    pub one_moment: &'static str,
    /// Said now and then while the callee waits.
    pub still_checking: &'static str,
    /// Said while something has to be waited for.
    pub wait_a_moment: &'static str,
}

const PHRASES: &[(&str, Phrases)] = &[
    (
        "de",
        Phrases {
            disclosure: "Guten Tag, hier spricht ein KI-Assistent im Auftrag von {caller}.",
            recorded: ", und dieses Gespräch wird aufgezeichnet",
            nobody: "jemandem, der unseren Dienst nutzt",
            still_there: "Hallo, sind Sie noch da?",
            nobody_heard: "Ich kann Sie nicht hören und lege jetzt auf. Auf Wiederhören.",
            time_is_over: "Es tut mir leid, ich muss das Gespräch jetzt beenden. Vielen Dank und auf Wiederhören.",
            goodbye: "Vielen Dank für Ihre Hilfe. Auf Wiederhören.",
            lost_you: "Entschuldigung, die Leitung war kurz weg.",
            say_again: "Könnten Sie das bitte noch einmal sagen?",
            one_moment: "Einen Moment bitte, ich frage kurz nach.",
            still_checking: "Ich frage noch nach, einen Moment bitte.",
            wait_a_moment: "Einen Moment bitte.",
        },
    ),
    (
        "es",
        Phrases {
            disclosure: "Hola, soy un asistente de inteligencia artificial y llamo de parte de {caller}.",
            recorded: ", y esta llamada se graba",
            nobody: "una persona que usa nuestro servicio",
            still_there: "Hola, ¿sigue ahí?",
            nobody_heard: "No le oigo, así que voy a colgar. Adiós.",
            time_is_over: "Lo siento, tengo que terminar la llamada. Gracias y adiós.",
            goodbye: "Muchas gracias por su ayuda. Adiós.",
            lost_you: "Disculpe, se ha cortado un momento.",
            say_again: "¿Puede repetirlo, por favor?",
            one_moment: "Un momento, por favor, lo consulto.",
            still_checking: "Todavía lo estoy consultando, un momento, por favor.",
            wait_a_moment: "Un momento, por favor.",
        },
    ),
    (
        "fr",
        Phrases {
            disclosure: "Bonjour, je suis un assistant d'intelligence artificielle et j'appelle de la part de {caller}.",
            recorded: ", et cet appel est enregistré",
            nobody: "une personne qui utilise notre service",
            still_there: "Allô, êtes-vous toujours là ?",
            nobody_heard: "Je ne vous entends pas, je vais donc raccrocher. Au revoir.",
            time_is_over: "Je suis désolé, je dois terminer l'appel. Merci et au revoir.",
            goodbye: "Merci beaucoup pour votre aide. Au revoir.",
            lost_you: "Excusez-moi, la ligne a été coupée un instant.",
            say_again: "Pouvez-vous répéter, s'il vous plaît ?",
            one_moment: "Un instant, s'il vous plaît, je me renseigne.",
            still_checking: "Je me renseigne encore, un instant, s'il vous plaît.",
            wait_a_moment: "Un instant, s'il vous plaît.",
        },
    ),
    (
        "it",
        Phrases {
            disclosure: "Buongiorno, sono un assistente di intelligenza artificiale e chiamo per conto di {caller}.",
            recorded: ", e questa chiamata viene registrata",
            nobody: "una persona che usa il nostro servizio",
            still_there: "Pronto, è ancora in linea?",
            nobody_heard: "Non la sento, quindi ora riattacco. Arrivederci.",
            time_is_over: "Mi dispiace, devo terminare la chiamata. Grazie e arrivederci.",
            goodbye: "Grazie mille per il suo aiuto. Arrivederci.",
            lost_you: "Mi scusi, la linea è caduta per un momento.",
            say_again: "Può ripetere, per favore?",
            one_moment: "Un momento, per favore, chiedo subito.",
            still_checking: "Sto ancora chiedendo, un momento, per favore.",
            wait_a_moment: "Un momento, per favore.",
        },
    ),
    (
        "nl",
        Phrases {
            disclosure: "Goedendag, u spreekt met een AI-assistent die belt namens {caller}.",
            recorded: ", en dit gesprek wordt opgenomen",
            nobody: "iemand die onze dienst gebruikt",
            still_there: "Hallo, bent u er nog?",
            nobody_heard: "Ik hoor u niet, dus ik hang nu op. Tot ziens.",
            time_is_over: "Het spijt me, ik moet het gesprek nu beëindigen. Bedankt en tot ziens.",
            goodbye: "Hartelijk dank voor uw hulp. Tot ziens.",
            lost_you: "Sorry, de verbinding was even weg.",
            say_again: "Kunt u dat nog een keer zeggen, alstublieft?",
            one_moment: "Een ogenblik alstublieft, ik vraag het even na.",
            still_checking: "Ik vraag het nog na, een ogenblik alstublieft.",
            wait_a_moment: "Een ogenblikje, alstublieft.",
        },
    ),
    (
        "pt",
        Phrases {
            disclosure: "Olá, sou um assistente de inteligência artificial e ligo em nome de {caller}.",
            recorded: ", e esta chamada é gravada",
            nobody: "uma pessoa que usa o nosso serviço",
            still_there: "Olá, ainda está aí?",
            nobody_heard: "Não consigo ouvir, por isso vou desligar. Adeus.",
            time_is_over: "Desculpe, tenho de terminar a chamada. Obrigado e adeus.",
            goodbye: "Muito obrigado pela sua ajuda. Adeus.",
            lost_you: "Desculpe, a ligação caiu por um momento.",
            say_again: "Pode repetir, por favor?",
            one_moment: "Um momento, por favor, vou perguntar.",
            still_checking: "Ainda estou a perguntar, um momento, por favor.",
            wait_a_moment: "Um momento, por favor.",
        },
    ),
];

const NAMES: &[(&str, &str)] = &[
    ("ar", "Arabic"),
    ("bg", "Bulgarian"),
    ("ca", "Catalan"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("de", "German"),
    ("el", "Greek"),
    ("en", "English"),
    ("es", "Spanish"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hr", "Croatian"),
    ("hu", "Hungarian"),
    ("id", "Indonesian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("nl", "Dutch"),
    ("no", "Norwegian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("sk", "Slovak"),
    ("sv", "Swedish"),
    ("th", "Thai"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("vi", "Vietnamese"),
    ("zh", "Chinese"),
];

/// The language of a tag: `de` of `de-AT`. In lower case.
pub fn primary(tag: &str) -> String {
    tag.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

/// What a language is called in English, if it is known here.
pub fn english_name(tag: &str) -> Option<&'static str> {
    let primary = primary(tag);
    NAMES.iter().find(|(code, _)| *code == primary).map(|(_, name)| *name)
}

/// The sentences of a language, if it has any here.
pub fn phrases(tag: &str) -> Option<&'static Phrases> {
    let primary = primary(tag);
    PHRASES.iter().find(|(code, _)| *code == primary).map(|(_, phrases)| phrases)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disclosure_is_one_sentence_with_one_caller() {
        for (code, phrases) in PHRASES {
            assert_eq!(phrases.disclosure.matches(CALLER).count(), 1, "{code}");
            assert_eq!(phrases.disclosure.matches(". ").count(), 0, "{code}");
            assert!(english_name(code).is_some(), "{code}");
        }
    }

    #[test]
    fn a_region_changes_nothing() {
        assert_eq!((primary("PT-br"), english_name("pt-BR")), ("pt".into(), Some("Portuguese")));
        assert_eq!((phrases("en"), english_name("tlh")), (None, None));
    }
}
