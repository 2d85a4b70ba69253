"""Words about claims: what the page says, and what its checks give here and now."""

from tutor.course.claims import Claim, in_words
from tutor.errors import ExitCode, TutorError
from tutor.link.messages import Check, Checked, Trouble
from tutor.plain.lab import LabError
from tutor.plain.prose import linear
from tutor.plain.talk import Talk
from tutor.suggest import nearest


def claims(talk: Talk, text: str) -> None:
    """The claims of this page, or if it marks none (or with `all`) of the lesson, to judge before they are checked."""
    for claim in _offered(talk, everywhere=text == "all"):
        talk.say(*linear(claim.says, f"{claim.id}: "), f"{claim.cited}.", "")
    talk.say("Judge them first. Then type check ID to check one, or check to check them all.")


def check(talk: Talk, text: str) -> None:
    """Check a claim, or all that `claims` lists; Ctrl-C ends that."""
    every = {claim.id: claim for claim in _offered(talk, everywhere=bool(text))}
    if text and text not in every:
        raise TutorError(f"There is no claim '{text}'.", nearest(text, every).strip(), code=ExitCode.MISUSE)
    chosen = [every[text]] if text else list(every.values())
    for claim in chosen:
        if claim.by:
            talk.say("", *_told(claim, "It is settled by reading; nothing is run."))
    runnable = {claim.id: claim for claim in chosen if not claim.by}
    if not runnable:
        return
    # The run goes on undisturbed, and a long check can be left: the lab is another one.
    lab = talk.bench.another()
    try:
        lab.send(Check(str(talk.lesson.path), tuple(runnable)))
        while runnable:
            match lab.hear():
                case Checked() as found:
                    talk.say("", *_told(runnable.pop(found.id), _result(found)))
                case Trouble() as trouble:
                    where = f"{trouble.where}: " if trouble.where else ""
                    raise TutorError(f"{where}{trouble.what}")
                case _:
                    pass
    except LabError as error:
        raise LabError(f"The checks stopped ({error}).") from None
    finally:
        lab.close()


def _offered(talk: Talk, *, everywhere: bool) -> tuple[Claim, ...]:
    """The page's claims, or else the lesson's, without those that a question is still open about."""
    page = () if everywhere else talk.lesson.claims_of(talk.sitting.step)
    secret = talk.sitting.secret
    found = tuple(claim for claim in page or talk.lesson.claims.values() if claim.id not in secret)
    if not found:
        raise TutorError("There are no claims to check here.")
    return found


def _told(claim: Claim, result: str) -> list[str]:
    recorded = f"Recorded: {in_words(claim.measured)}." if not claim.by else ""
    return [
        *linear(claim.says, f"{claim.id}: "),
        " ".join(filter(None, (recorded, result))),
        *linear(claim.why, f"So it is {claim.verdict}: "),
    ]


def _result(found: Checked) -> str:
    if found.trouble:
        return f"The check failed: {found.trouble}"
    same = "as recorded" if found.agrees else "which is not what is recorded"
    counter = f" Under the counter-setting: {in_words(found.counter)}." if found.counter is not None else ""
    return f"Measured now: {in_words(found.measured)}, {same}.{counter} Torch {found.torch}, seed {found.seed}."
