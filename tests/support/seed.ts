import fc from 'fast-check';

/**
 * Property tests try the same values wherever `CI` is set, so that a run says something of the change and not of luck; elsewhere
 * they try new ones each time. A failure prints its seed.
 */
if (process.env.CI) fc.configureGlobal({ seed: 20_261_127 });
