package desk

// Grouping says which messages belong together (specification 1.3).
type Grouping string

// The ways to group.
const (
	PerThread  Grouping = "per_thread"  // a conversation per thread of the provider: mail, Slack
	PerContact Grouping = "per_contact" // one open conversation per contact: chat, WhatsApp, SMS
)

// Delivery is how far a message to a customer has come.
type Delivery string

// The states of delivery. Unknown means that the message may have arrived.
const (
	DeliveryNone      Delivery = ""
	DeliveryQueued    Delivery = "queued"
	DeliverySent      Delivery = "sent"
	DeliveryDelivered Delivery = "delivered"
	DeliveryRead      Delivery = "read"
	DeliveryFailed    Delivery = "failed"
	DeliveryUnknown   Delivery = "unknown"
	DeliveryWithheld  Delivery = "withheld" // an automatic message that never left: somebody took over
	DeliveryRecalled  Delivery = "recalled" // a reply that never left: whoever wrote it took it back
)
