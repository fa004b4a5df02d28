package api_test

// Who may do what, over HTTP. Every operation of the API has a row, and what
// everybody is answered with: the test fails for an operation without a row. A row
// is the answer's status for
//
//	owner, admin, agent, viewer  members; agent and viewer are of the front inbox
//	outside                      an agent who is of another inbox
//	own                          an agent of the front inbox who sees only what is theirs
//	nobody                       no session
//	over                         a session that has expired
//	revoked                      a token of the owner that was revoked
//	reads, writes                tokens of the owner with the scope read, or write
//	other                        the owner of another workspace
//	visitor                      somebody with the token of a chat
//	foreign                      the owner, asking about things of another workspace
//
// Everything asked about belongs to the front inbox. Where everybody may ask, the
// question is a wrong one (422), or the answer depends on another secret.
const permissions = `
operation               owner admin agent outside own viewer nobody over revoked reads writes other visitor foreign
get-workspace           200   200   200   200   200 200    401    401  401     200   200    404   401     200
change-workspace        200   200   403   403   403 403    401    401  401     403   403    404   401     200
list-members            200   200   200   200   200 200    401    401  401     200   200    404   401     200
change-member           204   204   403   403   403 403    401    401  401     403   403    404   401     404
list-invitations        200   200   403   403   403 403    401    401  401     403   403    404   401     200
invite                  201   201   403   403   403 403    401    401  401     403   403    404   401     404
revoke-invitation       204   204   403   403   403 403    401    401  401     403   403    404   401     404
list-tokens             200   200   200   200   200 200    401    401  401     200   200    404   401     200
create-token            201   201   201   201   201 201    401    401  401     403   403    404   401     201
revoke-token            204   404   404   404   404 404    401    401  401     403   204    404   401     404
list-notifications      200   200   200   200   200 200    401    401  401     200   200    404   401     200
read-notifications      204   204   204   204   204 204    401    401  401     403   204    404   401     204
get-preferences         200   200   200   200   200 200    401    401  401     200   200    404   401     200
save-preferences        200   200   200   200   200 200    401    401  401     403   200    404   401     200

list-inboxes            200   200   200   200   200 200    401    401  401     200   200    404   401     200
create-inbox            201   201   403   403   403 403    401    401  401     403   403    404   401     404
get-inbox               200   200   200   404   200 200    401    401  401     200   200    404   401     404
change-inbox            200   200   403   403   403 403    401    401  401     403   403    404   401     404
list-channel-kinds      200   200   200   200   200 200    401    401  401     200   200    404   401     200
connect-channel         201   201   403   403   403 403    401    401  401     403   403    404   401     404
change-channel          200   200   403   403   403 403    401    401  401     403   403    404   401     404
remove-channel          204   204   403   403   403 403    401    401  401     403   403    404   401     404
test-channel            422   422   403   403   403 403    401    401  401     403   403    404   401     404
list-mail-domains       200   200   403   403   403 403    401    401  401     403   403    404   401     200
make-mail-keys          201   201   403   403   403 403    401    401  401     403   403    404   401     404
check-mail-domain       200   200   403   403   403 403    401    401  401     403   403    404   401     404
change-mail-domain      200   200   403   403   403 403    401    401  401     403   403    404   401     404
remove-mail-key         204   204   403   403   403 403    401    401  401     403   403    404   401     404
list-mail-providers     200   200   403   403   403 403    401    401  401     403   403    404   401     200
save-mail-provider      200   200   403   403   403 403    401    401  401     403   403    404   401     200
remove-mail-provider    204   204   403   403   403 403    401    401  401     403   403    404   401     204
begin-connection        200   200   403   403   403 403    401    401  401     403   403    404   401     404
end-connection          200   200   403   403   403 403    401    401  401     403   403    404   401     404
list-tags               200   200   200   200   200 200    401    401  401     200   200    404   401     200
create-tag              201   201   201   201   201 403    401    401  401     403   201    404   401     201
change-tag              200   200   403   403   403 403    401    401  401     403   403    404   401     404
delete-tag              204   204   403   403   403 403    401    401  401     403   403    404   401     404
list-quick-replies      200   200   200   200   200 200    401    401  401     200   200    404   401     200
create-quick-reply      201   201   403   403   403 403    401    401  401     403   201    404   401     404
change-quick-reply      200   200   403   403   403 403    401    401  401     403   200    404   401     404
delete-quick-reply      204   204   403   403   403 403    401    401  401     403   204    404   401     404
use-quick-reply         204   204   204   404   204 403    401    401  401     403   204    404   401     404
list-quick-reply-editions 200 200   200   404   200 200    401    401  401     200   200    404   401     404
offer-quick-replies     200   200   200   404   404 403    401    401  401     200   200    404   401     404
list-macros             200   200   200   200   200 200    401    401  401     200   200    404   401     200
create-macro            201   201   403   403   403 403    401    401  401     403   201    404   401     422
change-macro            200   200   403   403   403 403    401    401  401     403   200    404   401     404
delete-macro            204   204   403   403   403 403    401    401  401     403   204    404   401     404
review-bulk             201   201   201   201   201 403    401    401  401     403   201    404   401     201
list-bulks              200   200   200   200   200 200    401    401  401     200   200    404   401     200
get-bulk                200   404   404   404   404 404    401    401  401     200   200    404   401     404
list-bulk-items         200   404   404   404   404 404    401    401  401     200   200    404   401     404
start-bulk              200   409   409   409   409 403    401    401  401     403   200    404   401     409
cancel-bulk             200   404   404   404   404 403    401    401  401     403   200    404   401     404
undo-bulk               200   404   404   404   404 403    401    401  401     403   200    404   401     404
export-bulk             200   404   404   404   404 403    401    401  401     200   200    404   401     404

list-teams              200   200   200   200   200 200    401    401  401     200   200    404   401     200
create-team             201   201   403   403   403 403    401    401  401     403   403    404   401     404
change-team             200   200   403   403   403 403    401    401  401     403   403    404   401     404
delete-team             204   204   403   403   403 403    401    401  401     403   403    404   401     404
set-availability        204   204   204   204   204 403    401    401  401     403   204    404   401     204
get-own-signature       200   200   200   200   200 403    401    401  401     200   200    404   401     200
save-own-signature      200   200   200   200   200 403    401    401  401     403   200    404   401     200
preview-signature       200   200   200   404   200 403    401    401  401     403   200    404   401     404
preview-below           200   200   200   404   404 403    401    401  401     403   200    404   401     404
list-bounced-addresses  200   200   200   200   200 403    401    401  401     200   200    404   401     200
forget-bounced-address  204   204   204   204   204 403    401    401  401     403   204    404   401     204
list-responders         200   200   200   200   200 200    401    401  401     200   200    404   401     200
set-responders          204   204   403   403   403 403    401    401  401     403   403    404   401     404
list-assignees          200   200   200   404   404 403    401    401  401     200   200    404   401     404

list-sla-policies       200   200   200   200   200 200    401    401  401     200   200    404   401     200
create-sla-policy       201   201   403   403   403 403    401    401  401     403   403    404   401     404
change-sla-policy       200   200   403   403   403 403    401    401  401     403   403    404   401     404
delete-sla-policy       204   204   403   403   403 403    401    401  401     403   403    404   401     404
list-business-hours     200   200   200   200   200 200    401    401  401     200   200    404   401     200
create-business-hours   201   201   403   403   403 403    401    401  401     403   403    404   401     201
change-business-hours   200   200   403   403   403 403    401    401  401     403   403    404   401     404
delete-business-hours   204   204   403   403   403 403    401    401  401     403   403    404   401     404
read-holidays           200   200   403   403   403 403    401    401  401     403   403    404   401     200
get-promise             200   200   200   404   404 200    401    401  401     200   200    404   401     404

list-conversations      200   200   200   200   200 200    401    401  401     200   200    404   401     200
search                  200   200   200   200   200 200    401    401  401     200   200    404   401     200
count-conversations     200   200   200   200   200 200    401    401  401     200   200    404   401     200
find-conversations      200   200   200   200   200 200    401    401  401     200   200    404   401     200
count-found             200   200   200   200   200 200    401    401  401     200   200    404   401     200
read-filter             200   200   200   200   200 200    401    401  401     403   200    404   401     200
list-filter-fields      200   200   200   200   200 200    401    401  401     200   200    404   401     200
list-views              200   200   200   200   200 200    401    401  401     200   200    404   401     200
create-view             201   201   201   201   201 201    401    401  401     403   201    404   401     404
change-view             200   403   403   403   403 403    401    401  401     403   200    404   401     404
delete-view             204   204   403   403   403 403    401    401  401     403   204    404   401     404
pin-views               204   204   204   204   204 204    401    401  401     403   204    404   401     404
count-views             200   200   200   200   200 200    401    401  401     200   200    404   401     200
start-conversation      201   201   201   404   201 403    401    401  401     403   201    404   401     404
get-conversation        200   200   200   404   404 200    401    401  401     200   200    404   401     404
get-timeline            200   200   200   404   404 200    401    401  401     200   200    404   401     404
list-related            200   200   200   404   404 200    401    401  401     200   200    404   401     404
list-notes              200   200   200   404   404 200    401    401  401     200   200    404   401     404
list-note-editions      200   200   200   404   404 200    401    401  401     200   200    404   401     404
list-decisions          200   200   200   404   404 200    401    401  401     200   200    404   401     404
get-draft               200   200   200   404   404 403    401    401  401     200   200    404   401     404
save-draft              200   200   200   404   404 403    401    401  401     403   200    404   401     404
delete-draft            204   204   204   404   404 403    401    401  401     403   204    404   401     404
share-draft             200   200   200   404   404 403    401    401  401     403   200    404   401     404
take-draft              200   200   200   404   404 403    401    401  401     403   200    404   401     404
list-shared-drafts      200   200   200   404   404 403    401    401  401     200   200    404   401     404
list-new-mails          200   200   200   200   200 403    401    401  401     200   200    404   401     200
save-new-mail           200   200   200   404   200 403    401    401  401     403   200    404   401     404
delete-new-mail         204   204   204   204   204 403    401    401  401     403   204    404   401     204
get-transcript          200   200   200   404   404 200    401    401  401     200   200    404   401     404
list-inbox-presets      200   200   200   200   200 200    401    401  401     200   200    404   401     200
list-categories         200   200   200   200   200 200    401    401  401     200   200    404   401     200
create-category         201   201   403   403   403 403    401    401  401     403   403    404   401     201
change-category         200   200   403   403   403 403    401    401  401     403   403    404   401     404
list-moments            200   200   200   200   200 200    401    401  401     200   200    404   401     200
get-past                200   200   200   404   404 200    401    401  401     200   200    404   401     404
get-why                 200   200   200   404   404 200    401    401  401     200   200    404   401     404
archive-conversation    200   200   200   404   404 403    401    401  401     403   200    404   401     404
assign-conversation     200   200   200   404   404 403    401    401  401     403   200    404   401     404
close-conversation      200   200   200   404   404 403    401    401  401     403   200    404   401     404
escalate-conversation   200   200   200   404   404 403    401    401  401     403   200    404   401     404
merge-conversation      200   200   200   404   404 403    401    401  401     403   200    404   401     404
split-conversation      200   200   200   404   404 403    401    401  401     403   200    404   401     404
note-conversation       200   200   200   404   404 403    401    401  401     403   200    404   401     404
edit-note-conversation  200   403   403   404   404 403    401    401  401     403   200    404   401     404
preview-reply           200   200   200   404   404 403    401    401  401     403   200    404   401     404
preview-forward         200   200   200   404   404 403    401    401  401     403   200    404   401     404
preview-start           200   200   200   404   200 403    401    401  401     403   200    404   401     404
forward-conversation    200   200   200   404   404 403    401    401  401     403   200    404   401     404
let-in-conversation   200   200   200   404   404 403    401    401  401     403   200    404   401     404
turn-away-conversation   200   200   200   404   404 403    401    401  401     403   200    404   401     404
keep-together-conversation   200   200   200   404   404 403    401    401  401     403   200    404   401     404
take-forward-conversation   200   200   200   404   404 403    401    401  401     403   200    404   401     404
read-again-conversation   422   422   422   404   404 403    401    401  401     403   422    404   401     404
pin-note-conversation   200   200   200   404   404 403    401    401  401     403   200    404   401     404
unpin-note-conversation 200   200   200   404   404 403    401    401  401     403   200    404   401     404
link-ticket-conversation 200  200   200   404   404 403    401    401  401     403   200    404   401     404
unlink-ticket-conversation 200 200  200   404   404 403    401    401  401     403   200    404   401     404
pend-conversation       200   200   200   404   404 403    401    401  401     403   200    404   401     404
prioritize-conversation 200   200   200   404   404 403    401    401  401     403   200    404   401     404
read-conversation       200   200   200   404   404 200    401    401  401     403   200    404   401     404
reopen-conversation     200   200   200   404   404 403    401    401  401     403   200    404   401     404
reply-conversation      200   200   200   404   404 403    401    401  401     403   200    404   401     404
resolve-conversation    200   200   200   404   404 403    401    401  401     403   200    404   401     404
run-macro-conversation  200   200   200   404   404 403    401    401  401     403   200    404   401     404
retry-conversation      200   200   200   404   404 403    401    401  401     403   200    404   401     404
snooze-conversation     200   200   200   404   404 403    401    401  401     403   200    404   401     404
tag-conversation        200   200   200   404   404 403    401    401  401     403   200    404   401     404
takeover-conversation   200   200   200   404   404 403    401    401  401     403   200    404   401     404
handback-conversation   200   200   200   404   404 403    401    401  401     403   200    404   401     404
unarchive-conversation  200   200   200   404   404 403    401    401  401     403   200    404   401     404
unassign-conversation   200   200   200   404   404 403    401    401  401     403   200    404   401     404
undo-conversation       200   200   200   404   404 403    401    401  401     403   200    404   401     404
unread-conversation     200   200   200   404   404 200    401    401  401     403   200    404   401     404
unsnooze-conversation   200   200   200   404   404 403    401    401  401     403   200    404   401     404
schedule-conversation   200   200   200   404   404 403    401    401  401     403   200    404   401     404
edit-scheduled-conversation 200 200 200   404   404 403    401    401  401     403   200    404   401     404
cancel-scheduled-conversation 200 200 200 404   404 403    401    401  401     403   200    404   401     404
send-scheduled-conversation 200 200 200   404   404 403    401    401  401     403   200    404   401     404
list-scheduled-here     200   200   200   404   404 200    401    401  401     200   200    404   401     404
list-scheduled          200   200   200   200   200 200    401    401  401     200   200    404   401     200

follow-conversation     200   200   200   404   404 403    401    401  401     403   200    404   401     404
transfer-conversation   200   200   200   404   404 403    401    401  401     403   200    404   401     404
unfollow-conversation   200   200   200   404   404 403    401    401  401     403   200    404   401     404

list-contacts           200   200   200   200   200 200    401    401  401     200   200    404   401     200
browse-contacts         200   200   200   200   200 200    401    401  401     200   200    404   401     200
get-contact             200   200   200   404   404 200    401    401  401     200   200    404   401     404
change-contact          200   200   200   404   404 403    401    401  401     403   200    404   401     404
list-contact-notes      200   200   200   404   404 200    401    401  401     200   200    404   401     404
add-contact-note        201   201   201   404   404 403    401    401  401     403   201    404   401     404
block-contact           200   200   200   404   404 403    401    401  401     403   200    404   401     404
unblock-contact         200   200   200   404   404 403    401    401  401     403   200    404   401     404
list-twins              200   200   200   404   404 200    401    401  401     200   200    404   401     404
list-pairs              200   200   200   200   200 200    401    401  401     200   200    404   401     200
merge-contact           200   200   200   404   404 403    401    401  401     403   200    404   401     404
unmerge-contact         200   200   200   404   404 403    401    401  401     403   200    404   401     404
part-contact            204   204   204   404   404 403    401    401  401     403   204    404   401     404
change-contact-note     200   200   200   404   404 403    401    401  401     403   200    404   401     404
upload                  201   201   201   201   201 403    401    401  401     403   201    404   401     201
download                200   200   200   404   404 200    401    401  401     200   200    404   401     404
get-picture             404   404   404   404   404 404    404    404  404     404   404    404   404     404
get-remote-picture      404   404   404   404   404 404    401    401  401     404   404    404   401     404
get-original            404   404   404   404   404 404    401    401  401     404   404    404   401     404
get-html                200   200   200   404   404 200    401    401  401     200   200    404   401     404

report-ai               200   200   403   403   403 403    401    401  401     200   200    404   401     200
list-reported-ai        200   200   403   403   403 403    401    401  401     200   200    404   401     200

list-inbound            200   200   200   200   200 200    401    401  401     200   200    404   401     200
get-raw                 200   200   403   403   403 403    401    401  401     403   403    404   401     404
replay                  204   204   403   403   403 403    401    401  401     403   403    404   401     404
list-outbound           200   200   200   200   200 200    401    401  401     200   200    404   401     200
list-jobs               200   200   403   403   403 403    401    401  401     403   403    404   401     200
retry-job               204   204   403   403   403 403    401    401  401     403   403    404   401     404

socket                  426   426   426   426   426 426    401    401  401     426   426    404   401     426
stream                  200   200   200   200   200 200    401    401  401     200   200    404   401     200
set-presence            204   204   204   404   404 204    401    401  401     403   204    404   401     404

install                 200   200   200   200   200 200    200    200  200     200   200    200   200     200
setup                   409   409   409   409   409 409    409    409  409     409   409    409   409     409
sign-in                 422   422   422   422   422 422    422    422  422     422   422    422   422     422
me                      200   200   200   200   200 200    401    401  401     200   200    200   401     200
sign-out                204   204   204   204   204 204    401    401  401     403   403    204   401     204
change-me               200   200   200   200   200 200    401    401  401     403   403    200   401     200
change-own              200   200   200   200   200 200    401    401  401     403   403    200   401     200
list-sessions           200   200   200   200   200 200    401    401  401     403   403    200   401     200
end-session             204   204   204   204   204 204    401    401  401     403   403    204   401     204
list-pushes             200   200   200   200   200 200    401    401  401     403   403    200   401     200
add-push                201   201   201   201   201 201    401    401  401     403   403    201   401     201
end-push                204   204   204   204   204 204    401    401  401     403   403    204   401     204
create-workspace        201   201   201   201   201 201    401    401  401     403   403    201   401     201
finish-connection       422   422   422   422   422 422    401    401  401     403   403    422   401     422
invitation              200   200   200   200   200 200    200    200  200     200   200    200   200     200
accept-invitation       422   422   422   422   422 422    422    422  422     422   422    422   422     422

post-message            401   401   401   401   401 401    401    401  401     401   401    401   401     401
post-welcome            401   401   401   401   401 401    401    401  401     401   401    401   401     401
mark-done               401   401   401   401   401 401    401    401  401     401   401    401   401     401
visitor-config          200   200   200   200   200 200    200    200  200     200   200    200   200     200
visitor-session         200   200   200   200   200 200    200    200  200     200   200    200   200     200
visitor-messages        401   401   401   401   401 401    401    401  401     401   401    401   200     401
visitor-post            401   401   401   401   401 401    401    401  401     401   401    401   200     401
visitor-ticket          401   401   401   401   401 401    401    401  401     401   401    401   200     401
visitor-typing          401   401   401   401   401 401    401    401  401     401   401    401   204     401
visitor-seen            401   401   401   401   401 401    401    401  401     401   401    401   204     401
visitor-rate            401   401   401   401   401 401    401    401  401     401   401    401   404     401
visitor-profile         401   401   401   401   401 401    401    401  401     401   401    401   200     401
visitor-upload          401   401   401   401   401 401    401    401  401     401   401    401   201     401
visitor-download        401   401   401   401   401 401    401    401  401     401   401    401   401     401
visitor-stream          401   401   401   401   401 401    401    401  401     401   401    401   401     401
`

// What the feed of a workspace tells whom: over a WebSocket and over server-sent
// events alike. "front" and "back" are inboxes; agent and viewer are of the front
// one, outside of neither; own is of the front one, too, and sees only what is theirs;
// called is of no inbox, and was mentioned in the front conversation that most of this
// is about.
const tellings = `
what                               owner admin agent outside own called viewer other
a message in front                 yes   yes   yes   no      no  no     yes    no
a message in back                  yes   yes   no    no      no  no     no     no
a note in front                    yes   yes   yes   no      no  yes    yes    no
a note in back                     yes   yes   no    no      no  no     no     no
a customer types in front          yes   yes   yes   no      no  no     yes    no
a customer types in back           yes   yes   no    no      no  no     no     no
the admin types in front           yes   no    yes   no      no  yes    yes    no
the admin types in back            yes   no    no    no      no  no     no     no
the admin types a note in front    yes   no    yes   no      no  yes    yes    no
the admin looks at front           yes   yes   yes   no      no  yes    yes    no
the admin looks at back            yes   yes   no    no      no  no     no     no
an agent types where they may not  no    no    no    no      no  no     no     no
an agent looks where they may not  no    no    no    no      no  no     no     no
a viewer types in front            no    no    no    no      no  no     no     no
who was called types in front      no    no    no    no      no  no     no     no
a token for reading types in front no    no    no    no      no  no     no     no
the agent is told of an assignment no    no    yes   no      no  no     no     no
the admin shares a draft in front  no    yes   yes   no      no  no     no     no
a setting changes                  yes   yes   yes   yes     yes yes    yes    no
`
