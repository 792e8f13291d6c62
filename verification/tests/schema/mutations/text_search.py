"""Text search configurations, dictionaries, parsers and templates."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M
from verification.tests.schema.mutations.cases import owner

CONFIGURATION, DICTIONARY = "public.search", "public.plain_words"

CASES: Final = (
    M("add a search configuration", 'CREATE TEXT SEARCH CONFIGURATION public.more (PARSER = pg_catalog."default")',
      "text_search_configuration", "public.more", change="added"),
    M("a mapping more", f"ALTER TEXT SEARCH CONFIGURATION {CONFIGURATION} ADD MAPPING FOR email WITH simple",
      "text_search_configuration", CONFIGURATION, "mappings"),
    M("a mapping less", f"ALTER TEXT SEARCH CONFIGURATION {CONFIGURATION} DROP MAPPING FOR word",
      "text_search_configuration", CONFIGURATION, "mappings"),
    M("order of dictionaries", f"ALTER TEXT SEARCH CONFIGURATION {CONFIGURATION} ALTER MAPPING FOR word WITH "
      f"simple, {DICTIONARY}", "text_search_configuration", CONFIGURATION, "mappings",
      given=f"ALTER TEXT SEARCH CONFIGURATION {CONFIGURATION} ALTER MAPPING FOR word WITH {DICTIONARY}, simple"),
    M("text search mapping",
      "ALTER TEXT SEARCH CONFIGURATION payments.search ALTER MAPPING FOR asciiword WITH english_stem",
      "text_search_configuration", "payments.search", "mappings"),
    M("text search mapping order",
      "ALTER TEXT SEARCH CONFIGURATION payments.search ALTER MAPPING FOR asciiword WITH english_stem, simple",
      "text_search_configuration", "payments.search", "mappings"),
    M("text search mapping dropped", "ALTER TEXT SEARCH CONFIGURATION payments.search DROP MAPPING FOR url",
      "text_search_configuration", "payments.search", "mappings"),
    M("parser of a configuration", "DROP TEXT SEARCH CONFIGURATION public.free; CREATE TEXT SEARCH CONFIGURATION public.free "
      "(PARSER = public.words)", "text_search_configuration", "public.free", "parser",
      given='CREATE TEXT SEARCH CONFIGURATION public.free (PARSER = pg_catalog."default")'),
    owner(f"TEXT SEARCH CONFIGURATION {CONFIGURATION}", "text_search_configuration", CONFIGURATION),
    M("options of a dictionary", f"ALTER TEXT SEARCH DICTIONARY {DICTIONARY} (ACCEPT = true)", "text_search_dictionary",
      DICTIONARY, "options"),
    M("text search dictionary options", "ALTER TEXT SEARCH DICTIONARY payments.words (STOPWORDS = french)",
      "text_search_dictionary", "payments.words", "options"),
    M("template of a dictionary", "DROP TEXT SEARCH DICTIONARY public.free; CREATE TEXT SEARCH DICTIONARY public.free "
      "(TEMPLATE = public.plain_template)", "text_search_dictionary", "public.free", "template",
      given="CREATE TEXT SEARCH DICTIONARY public.free (TEMPLATE = simple)"),
    M("text search dictionary template", "DROP TEXT SEARCH DICTIONARY payments.words; CREATE TEXT SEARCH "
      "DICTIONARY payments.words (TEMPLATE = payments.plain_template, STOPWORDS = english)", "text_search_dictionary",
      "payments.words", "template"),
    owner(f"TEXT SEARCH DICTIONARY {DICTIONARY}", "text_search_dictionary", DICTIONARY),
    *(M(f"{part} of a parser", f"UPDATE pg_ts_parser SET {column} = '{function}'::regproc WHERE prsname = 'words'",
        "text_search_parser", "public.words", part)
      for part, column, function in (
          ("start", "prsstart", "prsd_nexttoken"), ("token", "prstoken", "prsd_start"), ("end", "prsend", "prsd_lextype"),
          ("headline", "prsheadline", "prsd_headline"), ("lextypes", "prslextype", "prsd_end"))),
    M("text search parser", "DROP TEXT SEARCH PARSER payments.reader; CREATE TEXT SEARCH PARSER payments.reader "
      "(START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = "
      "prsd_headline)", "text_search_parser", "payments.reader", "headline"),
    M("add a parser", "CREATE TEXT SEARCH PARSER public.more (START = prsd_start, GETTOKEN = prsd_nexttoken, "
      "END = prsd_end, LEXTYPES = prsd_lextype)", "text_search_parser", "public.more", change="added"),
    M("a template's function", "UPDATE pg_ts_template SET tmpllexize = 'dsynonym_lexize'::regproc WHERE tmplname = "
      "'plain_template' AND tmplnamespace = 'public'::regnamespace", "text_search_template", "public.plain_template", "lexize"),
    M("no function to initialise a template", "DROP TEXT SEARCH TEMPLATE public.plain_template; CREATE TEXT SEARCH TEMPLATE "
      "public.plain_template (LEXIZE = dsimple_lexize)", "text_search_template", "public.plain_template", "init"),
    M("text search dictionary dropped", "DROP TEXT SEARCH DICTIONARY payments.words", "text_search_dictionary",
      "payments.words", change="removed"),
)
