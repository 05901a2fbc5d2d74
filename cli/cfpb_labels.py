"""The labels of the Consumer Complaint Database, grouped as our policy names things; for `triage eval` only.

The Bureau renamed products over the years; one family holds all names of one product. Issues are grouped by
what a firm would have to do about them. Both tables come from the list of labels, not from complaints.
"""

FAMILIES: tuple[tuple[str, str], ...] = (
    ("Credit reporting", "Credit reporting"),
    ("Debt collection", "Debt collection"),
    ("Mortgage", "Mortgage"),
    ("Bank account", "Checking or savings account"),
    ("Checking or savings", "Checking or savings account"),
    ("Credit card", "Credit card"),
    ("Prepaid card", "Credit card"),
    ("Payday loan", "Payday loan, title loan, or personal loan"),
    ("Student loan", "Student loan"),
    ("Vehicle loan", "Vehicle loan or lease"),
    ("Consumer Loan", "Vehicle loan or lease"),
    ("Money transfer", "Money transfers"),
)
"""How a product's label begins, and its family."""

CAUSES: dict[str, str] = {
    "Charged fees or interest you didn't expect": "fee",
    "Unexpected or other fees": "fee",
    "Problem when making payments": "late_payment_posting",
    "Trouble during payment process": "late_payment_posting",
    "Loan payment wasn't credited to your account": "late_payment_posting",
    "Problem with the payoff process at the end of the loan": "payoff",
    "Struggling to pay your loan": "hardship",
    "Getting the loan": "application",
    "Getting a line of credit": "application",
    "Credit limit changed": "application",
    "Was approved for a loan, but didn't receive the money": "application",
    "Incorrect information on your report": "wrong_record",
    "Improper use of your report": "wrong_record",
    "Problem with a credit reporting company's investigation into an existing problem": "wrong_record",
    "Problem with fraud alerts or security freezes": "wrong_record",
    "Credit monitoring or identity theft protection services": "wrong_record",
    "Received a loan you didn't apply for": "unauthorised_payment",
    "Can't stop withdrawals from your bank account": "unauthorised_payment",
    "Money was taken from your bank account on the wrong day or for the wrong amount": "unauthorised_payment",
    "Can't contact lender or servicer": "service",
    "Communication tactics": "service",
    "Attempts to collect debt not owed": "debt_not_owed",
    "Written notification about debt": "debt_not_owed",
    "Disclosure verification of debt": "debt_not_owed",
}
"""The cause that an issue stands for; any other issue is `other`."""


def family(product: str) -> str:
    """Return the family of a product's label."""
    return next((name for begins, name in FAMILIES if product.startswith(begins)), "other")


def cause(issue: str) -> str:
    """Return the cause that an issue's label stands for."""
    return CAUSES.get(issue, "other")
