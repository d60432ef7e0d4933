"""One record per language the library works in; nothing else in the code asks ``if language ==``.

To add a language, add a record.  Codes are BCP-47 at every border of the library; the codes of
langdetect and Argos stay inside the modules that speak to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Language:
    """What the stages need to know about a language.

    ``langdetect`` and ``argos`` are the names these libraries use; ``script`` is the Unicode
    script its letters are in (ISO 15924).  ``abbreviations`` are words whose full stop never ends
    a sentence, in lower case and without the stop.  ``stopwords`` are the commonest
    function words, the cheapest sign of running text; ``common_words`` tell the language of a line
    of two words: those of menus, buttons and datelines, and the halves of contractions.  ``prior``
    is how much commoner the language is than others in a line that looks like several, in nats.
    """

    code: str
    name: str
    langdetect: str
    argos: str
    script: str = "Latn"
    spaced: bool = True
    abbreviations: frozenset[str] = frozenset()
    stopwords: frozenset[str] = frozenset()
    common_words: frozenset[str] = frozenset()
    prior: float = 0.0


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HANS_STOPWORDS = _words(
    "的 了 是 在 和 与 有 也 都 而 及 就 不 这 那 他 她 我 你 们 为 于 对 将 被 把 从 到 中 上 下 并 但"  # noqa: E501
)
_HANT_STOPWORDS = _words(
    "的 了 是 在 和 與 有 也 都 而 及 就 不 這 那 他 她 我 你 們 為 於 對 將 被 把 從 到 中 上 下 並 但"  # noqa: E501
)

_RECORDS = (
    Language(
        code="en",
        name="English",
        langdetect="en",
        argos="en",
        prior=0.75,  # menus and buttons are in English on pages of any language
        abbreviations=_words(
            "mr mrs ms dr prof gen col capt lt sgt maj gov sen rep rev hon pres st "
            "nos vol fig pp vs e.g i.e cf approx jan feb apr aug sept oct nov dec"
        ),
        stopwords=_words(
            "a about after all also an and any are as at be been but by can could did do for from "
            "had has have he her his how i if in into is it its more most no not of on one or our "
            "out over said she so some than that the their them then there these they this to up "
            "was we were what when which who will with would you your"
        ),
        common_words=_words(
            "account add advertise advertisement again ago all analysis app apps back bookmark "
            "breaking browse business buy careers change click close comment comments copyright "
            "couldn deals delete didn discover doesn don download edit edition editor editorial "
            "editors email enter entertainment events featured feedback fields find follow food "
            "forgot free friday friend full gallery get go groups hadn hasn haven health help "
            "here hide home hour hours how isn jobs join keep latest learn letters lifestyle "
            "like links listen live ll load loading local log login logout magazine mail manage "
            "market markets me meet members monday money month months my name need never new "
            "news newsletter newsletters newspaper newsroom next no now opinion opinions order "
            "other others our own password people pick picks please podcasts popular post "
            "posted posts previous print privacy profile published rating reader readers "
            "reading recent recommended register related remove reply report reporter reserved "
            "results reviews rights saturday save search see selected send settings share "
            "shopping shouldn show shows sign skip sports stories story subscribe subscribers "
            "subscription sunday support tech terms thank thanks thursday tips today tomorrow "
            "top topic topics travel trending try tuesday unsubscribe update updated updates us "
            "use user users ve via view views visit vote want wasn watch weather wednesday week "
            "weekend weekly weeks welcome weren why women work wouldn write writer writers year "
            "years yes yesterday your yours"
        ),
    ),
    Language(
        code="fr",
        name="French",
        langdetect="fr",
        argos="fr",
        abbreviations=_words(
            "m mm mme mmes mlle mlles dr pr me mgr st ste gal cel col cdt cap lt prof "
            "av env cf pp vol éd ex fig art chap réf tél janv févr avr juil sept oct nov déc"
        ),
        stopwords=_words(
            "à au aux avec ce ces cette comme dans de depuis des deux du elle elles en entre est "
            "et été être il ils je la le les leur leurs lui mais même ne nous on ont ou où par pas "
            "plus pour qu que qui sa sans se selon ses si son sont sur tout très un une vous y"
        ),
        common_words=_words(
            "abonnement abonnements abonner abonnez abonné abonnés accepter accueil actu "
            "actualité actualités actus adresse affaires afficher aide aimez ajouter annonce "
            "annonces annuler après archives aujourd auteur auteurs autre autres avis avril "
            "besoin bienvenue bourse boutique chaîne cherche chercher choisir choix chronique "
            "chroniques cliquez commentaire commentaires compte confidentialité connecter "
            "connectez connexion consulter consultez contenu contenus continuer cookies "
            "courriel courrier cuisine dernier derniers dernière dernières dimanche disponible "
            "donner dossier dossiers droits découvrez découvrir emploi emplois encore "
            "enregistrer entreprise entreprises entretien envoyer espace fermer fil gratuit "
            "gratuitement groupe heure heures hier ici idées imprimer inscription inscrire "
            "inscrivez internationale jeudi jeux jour journal journaux jours juillet juin "
            "lecteur lecteurs lettre lettres lien liens lire liste lundi légales légende "
            "marchés mardi merci mercredi mieux modifier mois monde météo nos notre nouveau "
            "nouveautés nouveaux nouvelle nouvelles numéro offre offres ouvrir partager "
            "partagez partenaire partenaires passe peut politique pourquoi produits profil "
            "propos proposer précédent publicité publier publié quotidien recevez recevoir "
            "recherche rechercher rejoindre reportage reportages reproduction retour retrouvez "
            "rubrique rubriques réaction réactions réagir rédaction régions répondre réponse "
            "réseaux réservé réservés résultats samedi santé semaine semaines sommaire "
            "souscrire suivant suivez suivre sujet sujets supprimer sélection tous toute toutes "
            "trouver télécharger utilisateur utilisation valider vendredi vers vidéo vidéos "
            "voir vos votre voyage écouter écoutez écrire éditeur édition élections"
        ),
    ),
    Language(
        code="zh-Hans",
        name="Chinese (Simplified)",
        langdetect="zh-cn",
        argos="zh",
        script="Hans",
        spaced=False,
        stopwords=_HANS_STOPWORDS,
    ),
    Language(
        code="zh-Hant",
        name="Chinese (Traditional)",
        langdetect="zh-tw",
        argos="zt",
        script="Hant",
        spaced=False,
        stopwords=_HANT_STOPWORDS,
    ),
)

LANGUAGES: Mapping[str, Language] = MappingProxyType({record.code: record for record in _RECORDS})
"""All records, by BCP-47 code."""

_PRIMARY = MappingProxyType({"zh": "zh-Hans"})


def get_language(code: str) -> Language:
    """The record of a language, found by its BCP-47 code or by one with less or more subtags.

    >>> get_language("fr-CA").name, get_language("zh").code, get_language("zh-TW").code
    ('French', 'zh-Hans', 'zh-Hant')

    Raises:
        KeyError: no record fits; the message lists the codes there are.
    """
    if code in LANGUAGES:
        return LANGUAGES[code]
    primary, *subtags = code.replace("_", "-").split("-")
    if primary.lower() == "zh" and any(s.lower() in {"hant", "tw", "hk", "mo"} for s in subtags):
        return LANGUAGES["zh-Hant"]
    primary = _PRIMARY.get(primary.lower(), primary.lower())
    if primary in LANGUAGES:
        return LANGUAGES[primary]
    raise KeyError(f"unknown language {code!r}; choose one of {', '.join(LANGUAGES)}")
