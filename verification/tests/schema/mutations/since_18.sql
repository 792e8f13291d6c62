-- What PostgreSQL 18 brought.
CREATE TABLE public.since_18 (
    id int4range NOT NULL, valid_at daterange NOT NULL,
    a integer CONSTRAINT since_18_a_required NOT NULL,
    doubled integer GENERATED ALWAYS AS (a * 2) VIRTUAL,
    CONSTRAINT since_18_pkey PRIMARY KEY (id, valid_at WITHOUT OVERLAPS),
    CONSTRAINT since_18_check CHECK (a > 0) NOT ENFORCED
);
CREATE TABLE public.since_18_part (
    id int4range, valid_at daterange, link_id integer, other_id integer,
    tripled integer GENERATED ALWAYS AS (link_id * 3) VIRTUAL,
    CONSTRAINT since_18_period_fk FOREIGN KEY (id, PERIOD valid_at) REFERENCES public.since_18 (id, PERIOD valid_at),
    CONSTRAINT since_18_loose_fk FOREIGN KEY (link_id, other_id) REFERENCES public.payments_link (left_id, right_id)
        NOT ENFORCED
);
CREATE PUBLICATION since_18_generated FOR TABLE public.payments_order WITH (publish_generated_columns = stored);
