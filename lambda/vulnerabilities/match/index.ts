/** Which advisories apply to which packages. */
export { affectingAdvisories } from './affecting.ts';
export { matchPackages } from './match-packages.ts';
export { noteQuestions, type Question, questionOfAll, questionsAbout } from './questions.ts';
