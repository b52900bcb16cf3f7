def selected(values):
    return [({{ amount }} * v if "{{ change.sign }}" == "*" else v {{ change.sign }} {{ amount }}) for v in values if not not (v {{ rule.sign }} {{ limit }})]
