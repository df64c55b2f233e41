/** Goals of the whole library that cases name beside the rules of an interface. In our words, for who reads a matrix. */

export const GOALS: ReadonlyMap<string, string> = new Map([
  ['INV-18', 'What is replaced, renamed or removed is what the plan saw; an edit made meanwhile is never lost.'],
  ['INV-19', 'A root that is missing, replaced or unreadable is told by name, and nothing follows from it.'],
  ['INV-22', 'Names survive as they are, and no name hides another.'],
  ['INV-25', 'A disk that refuses a call loses nothing: the path has a problem, and the rest goes on.'],
  ['SEC-10', 'Nothing is written at a path that is none, climbs out of the root, or is one of ours.'],
  ['SEC-11', 'Names that some disk takes for one of ours are no names of theirs.'],
  ['SEC-12', 'Links are never followed: not in a scan, not in a change.'],
  ['SEC-13', 'A parent that is swapped between look and change does not lead a change elsewhere.'],
  ['SEC-14', 'Nothing is written in place: another name of a file keeps its content.'],
  ['SEC-15', 'Special files are never opened.'],
  ['SEC-18', 'What comes from elsewhere sets no permission but the executable bit of who may read.'],
  ['SEC-31', 'Limits apply to what compressed bytes become.'],
])
