/** The search that led somewhere last: the box has it when it is opened again, so that the next find is a key away. */
class Last {
  private workspace = '';
  private query = '';

  of(workspace: string): string {
    return this.workspace === workspace ? this.query : '';
  }

  keep(workspace: string, query: string): void {
    this.workspace = workspace;
    this.query = query;
  }
}

/** The last search of this page. */
export const last = new Last();
