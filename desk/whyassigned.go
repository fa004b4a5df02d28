package desk

func (f Assigned) why(Event, []Event) string {
	if f.Why == nil {
		return ""
	}
	return f.Why.why()
}

func (f Transferred) why(Event, []Event) string {
	if f.Why == nil {
		return ""
	}
	return f.Why.why()
}

func (c *Chosen) why() string {
	switch c.Rule {
	case RuleRoundRobin:
		return "The rules of this inbox give conversations to one after the other; it was their turn."
	case RuleLoad:
		return "The rules of this inbox give conversations to whoever has the fewest of those who can answer."
	case RuleSticky:
		return "The rules of this inbox give a customer to whoever answered them last."
	case RuleFallback:
		return "Nobody else was available, so the fallback team of this inbox gets it."
	}
	return "The rules of this inbox did it."
}

func (NobodyAvailable) why(Event, []Event) string {
	return "The rules of this inbox found nobody who is available, at work, below capacity and has the skills."
}
