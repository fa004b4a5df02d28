package desk

// Proof says how far it is proven that a message is from whom it says.
type Proof string

// The proofs; "" is of channels where nobody can write as somebody else, or of
// messages from before that was asked.
const (
	ProofProven     Proof = "proven"     // the domain of the address vouches for it
	ProofUnproven   Proof = "unproven"   // nothing speaks for it, nothing against it
	ProofFailed     Proof = "failed"     // the domain says that its mails can be proven, and this one cannot
	ProofSuspicious Proof = "suspicious" // it is made to mislead
)

// Origin is what is known of a message from outside beside what it says.
type Origin struct {
	Proof  Proof  `json:"proof,omitempty" enum:"proven,unproven,failed,suspicious"`
	By     string `json:"by,omitempty"`     // what proved it, or speaks against it: dkim, spf, dmarc, arc, authentication-results, header, reply_to, name
	Domain string `json:"domain,omitempty"` // of the address that it says it is from
	Server string `json:"server,omitempty"` // who found that out, if not Parley
	Policy string `json:"policy,omitempty"` // what the domain asks to do with what fails
}
