CREATE TABLE plans (
    plan          text PRIMARY KEY,
    seats         integer NOT NULL CHECK (seats > 0),
    monthly_cents integer NOT NULL CHECK (monthly_cents >= 0)
);
INSERT INTO plans (plan, seats, monthly_cents) VALUES
    ('free', 3, 0),
    ('team', 25, 4900),
    ('business', 250, 29900);

CREATE TABLE subscription (
    only_one    boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    plan        text NOT NULL DEFAULT 'free' REFERENCES plans,
    renews_on   date
);
INSERT INTO subscription DEFAULT VALUES;
