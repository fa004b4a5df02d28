package store_test

// unbound are the methods of the install, each with its reason.
var unbound = map[string]string{
	"LockConversations": "shows nothing", "LockContacts": "shows nothing", "ForeseeInbound": "announces what other methods ask", "ForeseePage": "announces what other methods ask", "WillAppend": "draws numbers",
	"In": "gives another scope", "As": "gives another scope", "Dry": "gives the same scope", "SignedIn": "people are of the install",
	"Pushes": "browsers are of people", "SavePush": "browsers are of people", "DeletePush": "browsers are of people", "TouchPush": "browsers are of people",
	"KeepInstallValue": "of the install", "HasSettled": "cleaning of the install", "Workspaces": "cleaning of the install", "DropSettled": "cleaning of the install", "HasFree": "cleaning of the install", "DropUploads": "cleaning of the install", "UnusedFiles": "files are of the install",
	"Names": "files are of the install", "ForgetUnused": "files are of the install",
	"Scope": "gives the scope", "HasEvents": "of the transaction", "HasSettings": "of the transaction", "Queues": "of the transaction",
	"Event":       "for an effect, which then acts in the event's workspace",
	"AppendEvent": "the event says its workspace; app.execute sets it", "Now": "the end of the feed, without rows",
	"ChannelByAddress": "the outside knows an address, not a workspace", "ChannelByAlias": "as ChannelByAddress", "FirstAddress": "the try page of the install", "AddressesOfInbox": "whoever runs the install names an inbox to import into",
	"InstalledChannels": "a process watches the mailboxes of every workspace", "HeldMailboxes": "as InstalledChannels", "KeepMailboxes": "by the lease",
	"Enqueue": "the job says its workspace", "Claim": "a worker serves every workspace", "Finish": "by the lease", "PutBack": "by the lease", "ExtendLeases": "by the lease",
	"Leases": "by the lease", "Rescue": "a worker serves every workspace", "Interrupt": "after a restore", "NextRun": "a worker serves every workspace", "CountJobs": "metrics of the install",
	"InstallValue": "of the install", "SetInstallValue": "of the install",
	"Person": "people are of the install", "PersonByEmail": "people are of the install", "CountPeople": "people are of the install", "SavePerson": "people are of the install",
	"OwnSettings": "people are of the install", "SaveOwnSettings": "people are of the install",
	"SlugTaken": "slugs are of the install", "SaveWorkspace": "the workspace itself", "Memberships": "the workspaces of one person",
	"SessionByToken": "people are of the install", "Sessions": "people are of the install", "InsertSession": "people are of the install", "TouchSession": "people are of the install",
	"DeleteSession": "people are of the install", "DeleteOtherSessions": "people are of the install", "DeleteExpired": "of the install",
	"TokenByHash": "by its secret", "InvitationByHash": "by its secret", "InsertToken": "the token says its workspace", "InsertInvitation": "the invitation says its workspace",
	// Doctor, verify, backup and metrics look at the whole install, as its operator.
	"CountTurnedAway": "operator", "MisTurnedAway": "operator", "CountPushes": "operator",
	"CountRaws": "operator", "CountDeliveries": "operator", "Unended": "operator", "MisEnded": "operator", "StrayJobs": "operator", "Queued": "operator", "Delivering": "operator",
	"BadDeliveries": "operator", "Files": "operator", "ConversationsAfter": "operator", "Histories": "operator", "MessageStates": "operator", "TagRows": "operator", "QueueKeys": "operator", "Misjudged": "operator", "CountEvents": "operator",
	"Tables": "operator", "Rows": "operator", "Empty": "operator", "QueueStates": "operator", "CountOpenDeliveries": "operator", "Integrity": "operator", "Clock": "operator",
	"SealedSecrets": "operator", "EveryDKIMKey": "operator", "EveryMailbox": "operator", "Granted": "watching mailboxes serves every workspace", "TakeOAuthFlow": "by its secret, and the session that began it", "Strays": "operator",
	// The search index is one of the install; what is found in it is bound when it is asked.
	"SearchState": "of the install", "IndexAtOnce": "of the install", "BeginSearch": "of the install", "ResetSearch": "of the install", "SaveSearch": "of the install", "MessageDocs": "indexing serves every workspace",
	"ContactDocs": "indexing serves every workspace", "MessagesBefore": "indexing serves every workspace", "ContactsBefore": "indexing serves every workspace",
	"Behind": "of the install", "CountSearch": "operator", "Unsearchable": "operator", "Misindexed": "operator",
}

// own are queries whose answer about the asker's own workspace is compared in
// other tests, and which take nothing of another.
var own = map[string]string{
	"Workspace": "the scope's workspace", "Member": "members are seen by all of the workspace", "Members": "members are seen by all of the workspace",
	"Preferences": "what members of the workspace have chosen",
	"IsBlocked":   "yes or no, TestE33_Block", "AnyBlocked": "yes or no, TestE33_Block",
	"LeadsTeam":  "yes or no, of the user themselves",
	"OpenCounts": "numbers beside members", "Loads": "numbers beside members", "TakeTurn": "a counter of the workspace", "ForeseeContactTags": "ContactTags", "Count": "TestCountsEqualLists", "CountFound": "TestFiltersFindWhatTheyMatch",
	"CountViews": "a number of the user's own", "UnreadNotifications": "a number of the user's own",
}

// byWorkspace are queries that are bound to the workspace and not to the inboxes,
// each with who looks after that.
var byWorkspace = map[string]string{
	"ContactMerges": "of a contact that was loaded", "MergedContacts": "of a contact that was loaded", "ContactNoteIDs": "of a contact that was loaded",
	"MessageIDs": "what is searched is indexed for everybody", "Heads": "of a conversation that was loaded", "Readers": "of a conversation that was loaded", "Heir": "INV-1 is about every inbox of a scope", "Family": "of a conversation that was loaded",
	"Spoken": "of a conversation that was loaded", "Namesakes": "numbers; what is shown of them is bound", "MergedInto": "of a conversation that was loaded", "ChatMessages": "a visitor's own",
	"FreeAttachments": "an upload is its uploader's", "ContactAttachment": "a visitor's own", "Contacts": "of conversations that were listed",
	"VerifiedContactByEmail": "intake sees every inbox", "IdentityContact": "intake sees every inbox", "LockIdentity": "intake sees every inbox", "Identities": "of a contact that was loaded",
	"OpenPrimary": "INV-1 is about every inbox of a scope", "Candidates": "intake sees every inbox", "Thread": "loads the conversation, which is bound",
	"AnsweredKey": "of a conversation that was loaded", "MessageKey": "of a conversation that was loaded", "Asides": "of a conversation that was loaded", "ConversationFiles": "of a conversation that was loaded", "OutgoingRaw": "of a message that was loaded", "LastMail": "of a conversation that was loaded", "BouncedAddresses": "which addresses take no mail is no secret to members", "Unsubscribed": "of a contact that was loaded", "ContactsAt": "who is told that an address works again", "Pace": "sending serves every inbox", "QueuedThrough": "shown to admins", "SentFile": "whoever has the link", "Signature": "as the member",
	"MailRate": "intake sees every inbox", "ThreadMessage": "intake sees every inbox", "ThreadKeys": "of a conversation that was loaded",
	"Draft": "the user's own", "DraftShares": "the user's own", "DraftReaders": "of a conversation that was loaded", "SharedDrafts": "of a conversation that was loaded",
	"DraftFiles": "an upload is its uploader's", "HoldUploads": "an upload is its uploader's", "Transcript": "of a conversation that was loaded", "WrittenSince": "of a conversation that was loaded",
	"ReadMark": "the user's own", "ReadMarks": "the user's own", "ReadersMarks": "of a conversation that was loaded",
	"MentionReaders": "of conversations that were loaded", "Kept": "of a conversation that was loaded",
	"EndedByInbox": "the counts of views, for every reader by their inboxes", "ActiveRows": "the counts of views", "FilterRows": "the counts of views", "ContactRows": "the counts of views",
	"Visible": "the counts of views", "TeamsOf": "the user's own",
	"NoteEditions": "of a note that was loaded", "Notes": "of a conversation that was loaded", "QuickReplies": "of the workspace; app and API leave out what is others'", "QuickReply": "as QuickReplies", "QuickEditions": "of one that was loaded",
	"ScheduledIn": "of a conversation that was loaded", "ClientScheduled": "of a conversation that was loaded",
	"Bulk": "the user's own", "Bulks": "the user's own", "BulkUndoneBy": "of one that was loaded", "BulkTodo": "of one that was loaded", "BulkItem": "of one that was loaded",
	"BulkItems": "of one that was loaded", "BulkGroups": "of one that was loaded", "BulkHanded": "of one that was loaded", "ChangedSince": "of a conversation that was loaded",
	"Macros": "of the workspace; app and API leave out what is others'", "Macro": "as Macros",
	"FolderCursor":      "watching mailboxes serves every inbox",
	"ContactMessageIDs": "indexing serves every inbox",
	"ContactNotes":      "of a contact that was loaded", "ContactNote": "of a contact that was loaded", "Decisions": "of a conversation that was loaded", "Decided": "the user's own",
	"Notifications": "the user's own", "Notification": "the user's own", "Letter": "the user's own", "Letters": "the user's own", "DueNotifications": "the user's own",
	"Facts": "of a conversation that was loaded", "Timeline": "of a conversation that was loaded", "History": "of a conversation that was loaded", "HistoryUntil": "of a conversation that was loaded",
	"Tail": "the hub asks per reader", "Inbox": "names of inboxes are no secret to members", "Channel": "of a message that was loaded", "OwnAddresses": "which addresses are ours is no secret to members", "EveryChannel": "kinds of channels, for rendering",
	"ActivePage": "timers work for every inbox", "Policies": "of the workspace", "Policy": "of the workspace", "BusinessHours": "of the workspace", "BusinessHoursByID": "of the workspace",
	"Team": "of the workspace; the API leaves out inboxes", "Teams": "of the workspace; the API leaves out inboxes", "Responders": "the API leaves out inboxes",
	"ContactTags": "of a contact that was loaded", "AnsweredBy": "whether somebody wrote to a contact that was loaded", "Turns": "what rules decide by",
	"Categories": "of the workspace", "Category": "of the workspace", "Tags": "of the workspace", "TagByID": "of the workspace", "TagByName": "of the workspace", "Jobs": "the page of jobs is the admins'", "Answered": "by the actor's own key",
	"Messages": "of events that were loaded", "Surveys": "of messages that were loaded", "MessagesOf": "of conversations that were loaded", "ClientMessage": "of a conversation that was loaded",
	"Sender": "of a conversation that was loaded", "LastInbound": "of a conversation that was loaded", "Raw": "managers only", "RawOf": "of a message that was loaded", "Arrivals": "operator", "RawBody": "managers only",
	"ActiveStandings": "the tally counts for every reader by their inboxes", "Standings": "the tally", "ActiveMarks": "the user's own", "EveryMark": "the tally",
	"DKIMKeys": "of the workspace; managers only", "OAuthClients": "of the workspace; managers only", "Grants": "of the workspace; managers only, and who fetches mail",
	"Tokens": "the user's own", "Invitations": "managers only",
}
