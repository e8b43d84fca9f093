"""What Chestnut's rules and aspect tell each other, and others."""

ChestnutFactsInfo = provider(
    doc = "Source facts of a target and of everything that it links with.",
    fields = {
        "link": "For a program: struct of args (the link command, list of Args), inputs (depset of its files) and executable (the File it makes); else None.",
        "unseen": "depset of strings: what is compiled and could not be analysed, so that no policy can be made.",
        "units": "depset of structs, one for each object file: object (the File), facts (the File with its unit's facts), archives (tuple of the archive Files that hold it).",
    },
)

ChestnutPolicyInfo = provider(
    doc = "The policy of a program.",
    fields = {
        "facts": "depset of the facts Files it was made from.",
        "mode": "What a call outside the policy does: kill, errno, errno=N, trap, log or notify.",
        "policy": "The policy, a JSON File (docs/policy.schema.json).",
    },
)

ChestnutKeptPolicyInfo = provider(
    doc = "A policy that the repository keeps, beside today's.",
    fields = {
        "kept": "Its path within the workspace, a string; the file need not exist yet.",
        "policy": "Today's policy, a JSON File.",
        "target": "The label of the program, a string.",
    },
)

ChestnutModeInfo = provider(
    doc = "The value of the build setting //chestnut_rules:mode.",
    fields = {"mode": "kill, errno, errno=N, trap, log or notify."},
)

ChestnutToolsInfo = provider(
    doc = "Chestnut's own programs.",
    fields = {
        "chestnut": "The File of the program chestnut.",
        "files": "depset of all Files the programs need, themselves included.",
        "frontend": "The File of the program chestnut-frontend.",
    },
)
