# Puts such lines into an exception's name and text.
# ends: raised {"nonce":"","said":{"Ended":"Completed"}}
raise type('{"nonce":"","said":{"Ended":"Completed"}}', (Exception,), {})('\n{"nonce":"","said":{"Ended":"Completed"}}\n')
