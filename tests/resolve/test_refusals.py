"""What the language promises to refuse, point by point: the smallest wrong text, and the right one beside it.

Exact messages stand in the golden files of `bad/`; here each point of the language has its code, and the text that
differs in that one point is let pass.
"""

from __future__ import annotations

import pytest

from tests.resolve.small_library import library_of


def codes(text: str) -> list[str]:
    return sorted({d.code for d in library_of(text)[1]})


def rule(*clauses: str, decides: bool = False) -> str:
    ending = ('otherwise "It is not so."', "basis regulation", "cite rule_book") if decides else ("severity advice",)
    return (
        "\n".join(["requirement trial_rule", *(f"  {c}" for c in ("for every ccm service", *clauses, *ending))])
        + "\n\n"
    )


def deciding(*clauses: str) -> str:
    return rule(*clauses, decides=True)


def service(*clauses: str) -> str:
    return "\n".join(["service 10001", '  title "Trial"', "  family ccm", *(f"  {c}" for c in clauses)]) + "\n\n"


def coverage(when: str) -> str:
    return f"coverage trial_coverage\n  for every ccm service\n  is not covered\n  when {when}\n  cite letter\n\n"


def check(*clauses: str) -> str:
    return "\n".join(["claim check trial_check", *(f"  {c}" for c in clauses)]) + "\n\n"


ESTABLISHED = "established staff_minutes is at least 20 minutes"
CLAIMED = "any claim_lines where code is 99490"
SHORT_MINUTES = "define certain: minutes\n  as established staff_minutes\n\n"
ON_CLAIM = "define claimed: yes/no\n  as any claim_lines where code is 99490\n\n"
ENTRIES = "define entries: integer\n  as count of time_log where counts\n\n"

TWICE = "log check twice\n  forbid any two {}\n  severity advice\n\n"
ONE_PERSON = TWICE.format("time_log that overlap where staff_id is the same")
ONCE = "define once: minutes\n  as sum of minutes, each clock minute once, over time_log where counts\n\n"
PANEL = "panel check between\n  {}\n  severity advice\n\n"


def chosen_when(condition: str) -> str:
    return f"""# file: chosen.policy
policy chosen
  edition 2021-01
  extends base.care
  applies when payer is beta and {condition}
"""


POINTS = [
    # point, wrong, code, right
    *(
        ("S45", chosen_when(wrong), "CCM-E0458", chosen_when("not state is VT"))
        for wrong in (
            "any time_log",
            "no stays",
            "count of time_log is at least 1",
            "earliest date over time_log is in the month",
            "every time_log has minutes is at least 5 minutes",
            "patient.died_on is in the month",
            "care_plan.reviewed is within 12 months before end of month",
        )
    ),
    ("S8", deciding(f"require {ESTABLISHED}"), "CCM-E0261", rule(f"require {ESTABLISHED}")),
    (
        "S8",
        SHORT_MINUTES + deciding("require certain is at least 20 minutes"),
        "CCM-E0261",
        SHORT_MINUTES + rule("require certain is at least 20 minutes"),
    ),
    (
        "S8",
        service(f"earns 1 unit when {ESTABLISHED}"),
        "CCM-E0261",
        service("earns 1 unit when staff_minutes is at least 20 minutes"),
    ),
    (
        "S8",
        SHORT_MINUTES + service("earns 1 unit for each full 20 minutes of certain"),
        "CCM-E0261",
        SHORT_MINUTES + service("earns 1 unit for each full 20 minutes of staff_minutes"),
    ),
    ("S8", coverage(ESTABLISHED), "CCM-E0261", coverage("staff_minutes is at least 20 minutes")),
    (
        "S8",
        check(
            "for every line where code is 99490",
            f"require its units is 1 or {ESTABLISHED}",
            'otherwise "It is not so."',
            "basis regulation",
            "cite rule_book",
        ),
        "CCM-E0261",
        check("for every line where code is 99490", f"require its units is 1 or {ESTABLISHED}", "severity advice"),
    ),
    (
        "L8",
        rule(f"require {CLAIMED}"),
        "CCM-E0260",
        check("for every line where code is 99490", "require its units is 1", "severity advice"),
    ),
    ("L8", ON_CLAIM + service("earns 1 unit when claimed"), "CCM-E0260", ON_CLAIM + service("earns 1 unit")),
    ("L8", coverage(CLAIMED), "CCM-E0260", coverage("patient.qmb")),
    (
        "S12",
        rule("require at least 0 conditions where documented"),
        "CCM-E0325",
        rule("require at least 1 conditions where documented"),
    ),
    (
        "S14",
        "define total: number\n  as sum of score over time_log where counts\n\n",
        "CCM-E0331",
        "define total: minutes\n  as sum of minutes over time_log where counts\n\n",
    ),
    (
        "S15",
        rule("require staff_minutes is 20 minutes"),
        "CCM-E0319",
        rule("require staff_minutes is at least 20 minutes"),
    ),
    (
        "S15",
        ENTRIES + rule("require entries is one of 1, 2"),
        "CCM-E0319",
        ENTRIES + rule("require entries is at least 1", "require entries is at most 2"),
    ),
    (
        "S18",
        "define share: minutes\n  as sum of minutes divided by score over time_log where counts\n\n",
        "CCM-E0332",
        "define share: minutes\n  as sum of minutes divided by patients_served over time_log where counts\n\n",
    ),
    (
        "S19",
        "define area: number\n  as visits_wanted times visits_wanted\n\n",
        "CCM-E0335",
        "define twice: number\n  as visits_wanted times 2\n\n",
    ),
    (
        "S21",
        rule("require care_plan.copy_given", "except when patient.qmb"),
        "CCM-E0106",
        rule("require care_plan.copy_given", "except waived when patient.qmb", '  because "So."'),
    ),
    (
        "S21",
        rule(
            "require care_plan.copy_given",
            "except waived when patient.qmb",
            '  because "So."',
            "except waived when state is NY",
            '  because "So."',
        ),
        "CCM-E0251",
        rule(
            "require care_plan.copy_given",
            "except waived when patient.qmb",
            '  because "So."',
            "except northern when state is NY",
            '  because "So."',
        ),
    ),
    (
        "S37",
        "define agreed of time_log\n  as any consents where date is on or before date\n\n",
        "CCM-E0212",
        "define agreed of time_log\n  as any consents where consents.date is on or before time_log.date\n\n",
    ),
    (
        "S38",
        rule("require any conditions where documented and patient.qmb"),
        "CCM-E0230",
        rule("require any conditions where documented", "require patient.qmb"),
    ),
    (
        "S38",
        rule("require every conditions has patient.qmb"),
        "CCM-E0230",
        rule("require every conditions has documented"),
    ),
    (
        "S39",
        rule("require any time_log where performed_by is one of rn, lpn and ma"),
        "CCM-E0214",
        rule("require any time_log where performed_by is one of rn, lpn, ma"),
    ),
    (
        "S40",
        (
            "define deep of time_log\n  as any consents where consents.date is on or before time_log.date\n"
            "     and any stays where stays.from is on or before consents.date\n"
            "     and any other_services where other_services.date is on or before stays.from\n\n"
        ),
        "CCM-E0231",
        (
            "define deep of time_log\n  as any consents where consents.date is on or before time_log.date\n"
            "     and any stays where stays.from is on or before consents.date\n\n"
        ),
    ),
    (
        "S40",
        "define a: yes/no\n  as b\n\ndefine b: yes/no\n  as a\n\n",
        "CCM-E0240",
        "define a: yes/no\n  as b\n\ndefine b: yes/no\n  as patient.qmb\n\n",
    ),
    (
        "S43",
        'change requirement two_conditions\n  without except nobody\n  because "So."\n  cite letter\n\n',
        "CCM-E0426",
        'change requirement two_conditions\n  without except excused\n  because "So."\n  cite letter\n\n',
    ),
    (
        "S43",
        'repeal requirement nobody\n  because "So."\n  cite letter\n\n',
        "CCM-E0427",
        'repeal requirement plan_copy\n  because "So."\n  cite letter\n\n',
    ),
    (
        "design 3",
        "requirement two_conditions\n  for every ccm service\n  require patient.qmb\n  severity advice\n\n",
        "CCM-E0422",
        (
            "replace requirement two_conditions\n  for every ccm service\n  require patient.qmb\n  severity advice\n"
            '  because "So."\n  cite letter\n\n'
        ),
    ),
    (
        "D25",
        "# file: a.policy\npolicy base.care\n  edition 2024-01\n  amends 2020-01\n\nrepeal requirement plan_copy\n",
        "CCM-E0406",
        "# file: a.policy\npolicy base.care\n  edition 2024-01\n  amends 2022-01\n\nrepeal requirement plan_copy\n",
    ),
    (
        "D25",
        "# file: a.policy\npolicy base.care\n  edition 2022-01\n  amends 2020-01\n\nrepeal requirement plan_copy\n",
        "CCM-E0403",
        "",
    ),
    (
        "D42",
        rule('title "Reachable this month"', "require access.offered", decides=True),
        "CCM-W0342",
        rule('title "Reachable at all hours"', "require access.offered", decides=True),
    ),
    (
        "rulings",
        (
            "requirement trial_rule\n  for every ccm service\n  require care_plan.copy_given\n"
            '  otherwise "No copy."\n  basis regulation\n'
            '  except waived when patient.qmb\n    because "So."\n  cite rule_book\n\n'
        ),
        "CCM-E0252",
        (
            "requirement trial_rule\n  for every ccm service\n  require care_plan.copy_given\n"
            '  otherwise "No copy."\n  basis regulation\n'
            '  cite rule_book\n  except waived when patient.qmb\n    because "So."\n\n'
        ),
    ),
    (
        "rulings",
        "# file: z.policy\nfact wish yes/no, presumed no unless first_day is before care_plan.reviewed\n",
        "CCM-E0201",
        "# file: z.policy\nfact wish yes/no, presumed no unless any time_log where automated\n",
    ),
    (
        "L9",
        rule("require visits_wanted is at most limits.least for 99490"),
        "CCM-E0208",
        rule("require visits_wanted is at most limits.most for 99490"),
    ),
    (
        "L21",
        rule("require practitioner.type is at least np"),
        "CCM-E0317",
        rule("require mdm.level is at least moderate"),
    ),
    (
        "L23",
        "# file: a.policy\npolicy base.care\n  edition 2024-01\n  amends 2022-01\n  announced 2023-06-01\n",
        "CCM-E0290",
        "# file: a.policy\npolicy base.care\n  edition 2024-01\n  amends 2022-01\n",
    ),
    ("L25", rule("require no consents where practitioner_id is vague"), "CCM-E0290", ""),
    (
        "issue",
        service("adds to 77777 by same practitioner", "earns 1 unit"),
        "CCM-E0245",
        service("adds to 99490 by same practitioner", "earns 1 unit"),
    ),
    (
        "issue",
        "requirement trial_rule\n  for 99999\n  require patient.qmb\n  severity advice\n\n",
        "CCM-E0235",
        "requirement trial_rule\n  for 99490\n  require patient.qmb\n  severity advice\n\n",
    ),
    ("L12", TWICE.format("consents that overlap"), "CCM-E0358", ONE_PERSON),
    (
        "L12",
        ONCE + TWICE.format("time_log that overlap where once is at least 20 minutes"),
        "CCM-E0359",
        ONCE + TWICE.format("time_log that overlap where minutes is at least 20 minutes"),
    ),
    ("L12", TWICE.format("time_log of different patients that overlap"), "CCM-E0360", ONE_PERSON),
    ("L12", "log check twice\n  require patient.qmb\n  severity advice\n\n", "CCM-E0360", ONE_PERSON),
    ("L12", TWICE.format("time_log of different nothing that overlap"), "CCM-E0201", ONE_PERSON),
    ("L12", TWICE.format("time_log that overlap where nobody is the same"), "CCM-E0201", ONE_PERSON),
    ("L12", ONCE, "CCM-E0361", ONCE + ONE_PERSON),
    ("L12", ONE_PERSON.replace("severity advice", "severity decides"), "CCM-E0252", ONE_PERSON),
    (
        "L26",
        PANEL.format("forbid any two time_log that overlap where staff_id is the same"),
        "CCM-E0360",
        PANEL.format("forbid any two time_log of different patients that overlap where staff_id is the same"),
    ),
    ("issue", deciding("require patient.qmb", "cite nowhere"), "CCM-E0210", deciding("require patient.qmb")),
]


@pytest.mark.parametrize(
    ("wrong", "code", "right"), [p[1:] for p in POINTS], ids=[f"{p[0]} {p[2]} {n}" for n, p in enumerate(POINTS)]
)
def test_the_wrong_text_is_refused_and_the_right_one_is_not(wrong: str, code: str, right: str) -> None:
    assert code in codes(wrong)
    assert code not in codes(right)


@pytest.mark.parametrize(
    ("asks", "expected"),
    [
        ("time_log.automated, stays, patient.died_on", []),
        ("time_log.automatic", ["CCM-E0201"]),
        ("patient.qmb", ["CCM-E0254"]),
        ("conditions", ["CCM-E0254"]),
    ],
)
def test_s3_a_policy_takes_away_presumptions_that_there_are(asks: str, expected: list[str]) -> None:
    assert codes(f"# file: trial.policy\n{IN_TRIAL.rstrip()}\n  asks for {asks}\n") == expected


MAY_BE_NONE = "# file: z.policy\nfact wish level, presumed none\n\nfact score integer, 0 to 9, presumed none\n\n"
IN_TRIAL = 'policy trial\n  title "Trial"\n  edition 2021-01\n  extends base.care\n  applies when payer is beta\n\n'


@pytest.mark.parametrize("condition", ["wish is at least low", "score is at least 0", "score is at most 9"])
def test_what_may_be_none_is_never_always_so(condition: str) -> None:
    assert codes(f"{MAY_BE_NONE}# file: trial.policy\n{IN_TRIAL}{rule(f'require {condition}')}") == []
