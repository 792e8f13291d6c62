-- What PostgreSQL 15 brought.
CREATE TABLE public.since_15 (id integer PRIMARY KEY, a integer, b text,
    CONSTRAINT since_15_key UNIQUE NULLS NOT DISTINCT (a),
    CONSTRAINT since_15_fk FOREIGN KEY (id, a) REFERENCES public.payments_link (left_id, right_id)
        ON DELETE SET NULL (a));
CREATE UNIQUE INDEX since_15_idx ON public.since_15 (b) NULLS NOT DISTINCT;
CREATE VIEW public.since_15_view WITH (security_invoker = true) AS SELECT id FROM public.since_15;
CREATE UNLOGGED SEQUENCE public.since_15_sequence;
CREATE PUBLICATION since_15_schema FOR TABLES IN SCHEMA audit;
CREATE PUBLICATION since_15_rows FOR TABLE public.since_15 (id, a) WHERE (a > 0);
