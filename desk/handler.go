package desk

import "time"

// Flag is why the AI agent says that a person is needed (specification 10.3).
type Flag string

// The flags, and none.
const (
	FlagNone          Flag = ""
	FlagAskedHuman    Flag = "asked_human"
	FlagFrustrated    Flag = "frustrated"
	FlagNotUnderstood Flag = "not_understood"
	FlagComplex       Flag = "complex"
	FlagSensitive     Flag = "sensitive"
)

// Handler says who answers, an AI agent by itself or the team (axis D). The
// epoch rises with every change of it and never falls: what an AI agent computed
// under an older one is dropped.
type Handler struct {
	AIState    AIState
	AIEpoch    int64
	AISince    time.Time // when AIState became what it is
	NeedsHuman Flag      // the AI agent asks for a person, and nobody has taken over yet
}

// AISettings say whether an AI agent answers in an inbox, and how (1.4).
type AISettings struct {
	AIAgent        string   `json:"ai_agent_id,omitempty" enum:"none,script" doc:"Which AI agent answers by itself: none, or the answers of ai_script"`
	AIName         string   `json:"ai_name,omitempty" maxLength:"60" doc:"What the AI agent is called; it is always labelled AI"`
	AITakeover     *bool    `json:"ai_takeover_on_human_reply,omitempty" doc:"Whether the AI agent stops when somebody of the team answers; by default it does"`
	AIPauseOnFlag  bool     `json:"ai_pause_on_flag,omitempty" doc:"Whether the AI agent stops when it asks for a person"`
	AIRepliesCount *bool    `json:"bot_replies_count_as_response,omitempty" doc:"Whether an answer of the AI agent ends the customer's wait and New; by default it does"`
	AIScript       []AILine `json:"ai_script,omitempty" maxItems:"100" doc:"What the agent script answers; the first line that fits is used"`
}

// AILine is one answer of the agent script.
type AILine struct {
	When string `json:"when,omitempty" maxLength:"200" doc:"Words that the customer's message has in it; none fit every message"`
	Say  string `json:"say,omitempty" maxLength:"2000" doc:"What is answered; nothing when it only asks for a person"`
	// Confidence is what the team says of the line: a script cannot doubt itself.
	Confidence *float64 `json:"confidence,omitempty" minimum:"0" maximum:"1" doc:"How sure this answer is, from 0 to 1, for the AI report; absent says nothing"`
	Flag       Flag     `json:"flag,omitempty" enum:"asked_human,frustrated,not_understood,complex,sensitive" doc:"Why a person is needed"`
	// Close is a suggestion to the team.
	Close bool `json:"close,omitempty" doc:"Whether the matter is settled then: it is suggested to close it"`
}

// HasAI reports whether an AI agent answers in the inbox.
func (s AISettings) HasAI() bool { return s.AIAgent != "" && s.AIAgent != "none" }

// Agent returns what the AI agent is called.
func (s AISettings) Agent() string {
	if s.AIName == "" {
		return "AI assistant"
	}
	return s.AIName
}

func on(setting *bool) bool { return setting == nil || *setting }

// Held is how the handler axis was, for an undo.
type Held struct {
	State      AIState   `json:"ai_state"`
	Since      microTime `json:"ai_since,omitzero"`
	NeedsHuman Flag      `json:"needs_human,omitempty"`
}

func (c *Conversation) held() Held { return Held{c.AIState, microTime{c.AISince}, c.NeedsHuman} }

func (c *Conversation) hold(h Held) {
	c.AIState, c.AISince, c.NeedsHuman = h.State, h.Since.Time, h.NeedsHuman
	c.AIEpoch++
}

// pause returns the fact that the team handles c from now on, or none when it
// does already.
func (c *Conversation) pause(how string) []Fact {
	if c.AIState != AIActive && c.NeedsHuman == FlagNone {
		return nil
	}
	return []Fact{AITakenOver{How: how, Was: c.held()}}
}

// aiAgain returns the fact that the AI agent answers again because the customer
// begins anew: after closing always, after resolving when nobody has it (T13, 2.3).
func (c *Conversation) aiAgain(inbox Inbox, nobody bool) []Fact {
	if !inbox.Settings.HasAI() || c.AIState == AIActive && c.NeedsHuman == FlagNone || c.Status == StatusPending || c.Status == StatusResolved && !nobody {
		return nil
	}
	return []Fact{AIHandedBack{Implicit: true, Was: c.held()}}
}
