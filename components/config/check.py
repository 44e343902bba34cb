"""All findings of the pure stage at once: the nouns' own, then the rules across them.

Deliberately reads no file and no Pulumi; ``load.py`` does, and hands the nouns here.
"""

from collections.abc import Mapping

from pydantic import ValidationError

from components.config.cloud_profile import with_profile
from components.config.draft import draft_of, read_noun, salvage
from components.config.errors import Finding, StackFileError
from components.config.rules import rule_findings
from components.config.stack import StackConfig
from components.config.wording import model_findings


def check(nouns: Mapping[str, object], before: tuple[Finding, ...] = ()) -> StackConfig:
    """Validate the nouns of a stack file.

    Args:
        nouns: plain data by noun, without the ``vipstack:`` before the key.
        before: findings that the reader made already.

    Raises:
        StackFileError: with every finding of the model and of the rules, as far as what they judge could be read.
    """
    nouns = with_profile(nouns)
    try:
        config = read_noun(StackConfig, nouns)
    except ValidationError as error:
        found = model_findings(error, nouns)
        raise StackFileError([*before, *found, *rule_findings(salvage(nouns))]) from None
    findings = [*before, *rule_findings(draft_of(config))]
    if findings:
        raise StackFileError(findings)
    return config
