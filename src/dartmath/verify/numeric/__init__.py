"""Values: exact rationals, polynomial identities, balls; and when two expressions are equal."""
