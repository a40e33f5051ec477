"""The skill: what runs on AWS. `app.build` wires it; nothing here knows whether it is rehearsed or real."""
