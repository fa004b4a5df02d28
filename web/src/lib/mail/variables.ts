/** The variables that a signature may have, as desk.SignatureVariables says. */
export const signatureVariables = ['agent.name', 'agent.first_name', 'agent.title', 'agent.email', 'inbox.name', 'workspace.name']
  .map((v) => `{{${v}}}`)
  .join(', ');
