"""The grader of the DART-Math paper, so that scores stand beside the published ones.

Its rules are those of https://github.com/hkust-nlp/dart-math at commit 219b324: where the answer is looked
for, how its text is normalised, and when two texts are equal. They are a chain of text rules and of symbolic
algebra that evaluates what a model wrote. The same decisions are made here by a parser and ball arithmetic:
nothing is executed, and every step has a bound. The rules are crude in places (a response is read after its
last "herefore", `no` inside any word is "False", 50 equals 0.5), and are followed where they are.
"""
