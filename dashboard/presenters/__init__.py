"""From typed results of the domain to what a template prints. No rules, no markup."""
