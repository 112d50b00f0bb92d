"""Built-in verifiers of other domains than mathematics.

Each is a function of (query, response), with the contract of a verifier of the user's own (see
`dartmath.verify.custom`), and is named in recipes by a word: `verifier: code`. What a model wrote runs in the
sandbox of `dartmath.tools` or not at all.
"""
